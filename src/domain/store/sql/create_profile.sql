-- Of a base that is scored again nearly all rows change a little: half a page left free lets them change in place (HOT), so that neither
-- the table nor its index grows from refresh to refresh.
CREATE TABLE {data.profile} (customer {key} PRIMARY KEY, {columns}) WITH (fillfactor = 50)
