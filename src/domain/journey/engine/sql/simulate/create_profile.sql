-- Without constraints: columns that no condition names stay NULL.
CREATE TEMPORARY TABLE {profile} AS SELECT profile.* FROM {data.profile} AS profile WITH NO DATA
