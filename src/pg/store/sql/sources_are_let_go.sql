SELECT EXISTS (SELECT FROM {data.hold} WHERE kind = 'source')
