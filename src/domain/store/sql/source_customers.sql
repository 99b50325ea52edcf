-- The known people, as the store reads them. A key that occurs twice, where nothing keeps it from that, is one customer still.
CREATE VIEW {data.source_customers} AS
SELECT {distinct} {columns}
FROM {relation} WHERE {customer} IS NOT NULL {order}
