-- No customer of the column kept is a duplicate: a merge of the customer who was kept takes the duplicates along.
CREATE TABLE {data.alias} (duplicate {key} PRIMARY KEY, kept {key} NOT NULL, merged_at timestamptz NOT NULL DEFAULT now())
