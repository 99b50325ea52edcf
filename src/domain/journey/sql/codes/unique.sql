-- Nobody types the case of a code: in another case it is the same.
CREATE UNIQUE INDEX ON {data.code} (lower(code))
