-- The rhythm of these customers, a model of their purchases, and one of their spend.
\ir histories.sql

CREATE TABLE rhythm AS SELECT purchase_rhythm(h, '1998-07-01') AS rhythm FROM histories;
CREATE TABLE models AS
    SELECT purchase_model(h, 'mbg/nbd', '1998-07-01') AS m, spend_model(h, '1998-07-01') AS s FROM histories;
