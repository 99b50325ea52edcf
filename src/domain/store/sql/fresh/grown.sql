SELECT among.customer FROM {among} AS among JOIN {grown} AS grown ON grown.customer = among.customer WHERE grown.changed_at >= {bound} OR grown.changed_at IS NULL
UNION
SELECT among.customer FROM {among} AS among
WHERE (SELECT store.rebuild_due FROM lifecycle.store AS store WHERE store.store = {store})
