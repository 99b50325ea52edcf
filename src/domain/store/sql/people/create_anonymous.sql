-- `spend` is what was bought from the first entry on until its goal ended, for the comparison with the control group.
CREATE TABLE {data.anonymous} (customer {key} PRIMARY KEY, spend numeric NOT NULL DEFAULT 0)
