CREATE TABLE {data.watermark} (source text PRIMARY KEY, high text, reconciled_at timestamptz)
