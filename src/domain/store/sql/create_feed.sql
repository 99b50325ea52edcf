-- `version` counts the refreshes that changed a profile. Those up to `most_changed` are read from the profiles, of which most have changed
-- then, and those up to `reshaped` from all profiles, for their columns have changed. Customers who were forgotten
-- are kept no more up to the version `purged`, and not at all where nobody has read a feed (`is_followed`).
CREATE TABLE {data.feed} (one boolean PRIMARY KEY DEFAULT true CHECK (one), identity text NOT NULL, version bigint NOT NULL DEFAULT 0,
    most_changed bigint NOT NULL DEFAULT 0, reshaped bigint NOT NULL DEFAULT 0, purged bigint NOT NULL DEFAULT 0,
    is_followed boolean NOT NULL DEFAULT false)
