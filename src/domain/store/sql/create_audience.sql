-- `since` is the instant of the profiles from which on the members are known; NULL before the first refresh. `problem` says why a refresh
-- could not bring the members up to date, and `purged` up to which row of its log customers who were forgotten are kept no more.
CREATE TABLE {data.audience} (number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, condition jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), changed_at timestamptz NOT NULL DEFAULT now(), since timestamptz, problem text,
    purged bigint NOT NULL DEFAULT 0)
