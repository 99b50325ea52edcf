INSERT INTO {table.journey} (journey, name, status, version, started_at) OVERRIDING SYSTEM VALUE
VALUES ({journey}, {name}, 'live', {version}, {started_at})
