-- Two random UUIDs have 244 random bits. An HMAC fills its key up to a block of 64 bytes, and combines each byte with two constants.
INSERT INTO {data.forgotten_key} (inner_pad, outer_pad)
SELECT decode(string_agg(lpad(to_hex(drawn.byte # 54), 2, '0'), '' ORDER BY drawn.place), 'hex'),
    decode(string_agg(lpad(to_hex(drawn.byte # 92), 2, '0'), '' ORDER BY drawn.place), 'hex')
FROM (SELECT block.place, CASE WHEN block.place < 32 THEN get_byte(random.bytes, block.place) ELSE 0 END AS byte
    FROM (SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) AS bytes) AS random,
        generate_series(0, 63) AS block (place)) AS drawn
