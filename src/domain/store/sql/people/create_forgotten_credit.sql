CREATE TABLE {data.forgotten_credit} (journey integer NOT NULL, version integer NOT NULL, step integer NOT NULL, arm text NOT NULL,
    is_treated boolean NOT NULL, month date NOT NULL, orders bigint NOT NULL, revenue numeric NOT NULL,
    PRIMARY KEY (journey, version, step, arm, is_treated, month))
