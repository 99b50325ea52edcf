CREATE TABLE {data.kpi} ({columns})
