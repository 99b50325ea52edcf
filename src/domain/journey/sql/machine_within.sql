(SELECT COALESCE(store.settings ->> 'machine_within', {default})::interval FROM lifecycle.store AS store WHERE store.store = {store})
