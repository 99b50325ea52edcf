-- The customers who have changed: `high` is the value of the growing column, where there is one; `differs` says that the customer was found by comparing.
CREATE TEMPORARY TABLE {changed} (customer {key}, high text, differs bool)
