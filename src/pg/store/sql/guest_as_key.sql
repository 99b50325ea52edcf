SELECT ({key})::pg_catalog.text
