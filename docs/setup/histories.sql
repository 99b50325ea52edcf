-- A history of each customer of CDNOW.
\ir cdnow.sql

CREATE TABLE histories AS
    SELECT customer_id, purchase_history(ordered_on, amount) AS h FROM cdnow GROUP BY customer_id;
ALTER TABLE histories ADD PRIMARY KEY (customer_id);
