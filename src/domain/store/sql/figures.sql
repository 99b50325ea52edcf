-- The figures of the day; the last refresh of a day counts.
INSERT INTO {data.kpi} ({columns}) SELECT {values} FROM {scored}
ON CONFLICT (day) DO UPDATE SET {set}
