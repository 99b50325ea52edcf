-- Histories that are as they were are not touched.
MERGE INTO {data.history} AS stored USING {rows} AS fresh ON stored.customer = fresh.customer
WHEN MATCHED AND ({differs}) THEN UPDATE SET {set}
WHEN NOT MATCHED THEN INSERT (customer, {columns}) VALUES (fresh.customer, {values})
