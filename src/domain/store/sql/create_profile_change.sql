-- A customer has one row: that of the last change. Customers who have changed along with most others have none, see the table feed.
CREATE TABLE {data.profile_change} (customer {key} PRIMARY KEY, version bigint NOT NULL,
    kind text NOT NULL CONSTRAINT profile_change_kind_check CHECK (kind IN ('changed', 'left', 'forgotten')), at timestamptz NOT NULL)
