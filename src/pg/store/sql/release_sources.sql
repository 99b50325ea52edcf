DELETE FROM {data.hold} AS hold WHERE hold.kind = 'source'
