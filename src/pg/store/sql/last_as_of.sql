SELECT max(as_of)::text FROM {data.kpi}
