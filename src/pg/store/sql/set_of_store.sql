UPDATE lifecycle.store SET {set} WHERE store = $1
