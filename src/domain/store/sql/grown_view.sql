-- All rows with the growing column, by which the store finds new rows.
CREATE VIEW {view} AS
SELECT {customer} AS customer, {changed_at} AS changed_at FROM {relation} WHERE {customer} IS NOT NULL
