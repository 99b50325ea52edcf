-- In the order of the key, so that what is looked up and inserted for one customer lies beside what was for the one before.
SELECT taken.* FROM taken ORDER BY taken.customer
