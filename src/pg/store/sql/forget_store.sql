DELETE FROM lifecycle.store WHERE store = $1
