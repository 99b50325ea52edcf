UPDATE lifecycle.refresh_log SET {set} WHERE id = $1::int8
