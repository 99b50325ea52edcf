INSERT INTO {data.journey_version} (journey, version, head) VALUES ({journey}, {version}, $1::jsonb - 'steps')
ON CONFLICT (journey, version) DO UPDATE SET head = excluded.head
