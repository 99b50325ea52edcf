UPDATE {table.journey} SET scanned_at = '-infinity' WHERE scanned_at IS NOT NULL
