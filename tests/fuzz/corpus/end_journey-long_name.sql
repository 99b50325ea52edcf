-- The same of a journey of a store.
SELECT lifecycle.end_journey('shop', repeat(E'mbg/nbd', 900000))
