-- The fit in force, as JSON of texts.
SELECT {values} FROM {data.fit} ORDER BY id DESC LIMIT 1
