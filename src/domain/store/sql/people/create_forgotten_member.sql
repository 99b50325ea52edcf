-- How many of the customers who were forgotten joined an audience, and left it, on each day.
CREATE TABLE {data.forgotten_member} (audience integer NOT NULL REFERENCES {data.audience} ON DELETE CASCADE, day date NOT NULL,
    joined bigint NOT NULL, gone bigint NOT NULL, PRIMARY KEY (audience, day))
