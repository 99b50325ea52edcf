SELECT watermark.high FROM {data.watermark} AS watermark WHERE watermark.source = $1 AND watermark.high IS NOT NULL
