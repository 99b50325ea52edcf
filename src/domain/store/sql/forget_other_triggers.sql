WITH RECURSIVE {triggers_made}
DELETE FROM lifecycle.noting AS k
WHERE k.store = {store} AND k.source = {source} AND k.trigger NOT IN (SELECT m.trigger FROM made AS m)
