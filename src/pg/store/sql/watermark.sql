SELECT high FROM {data.watermark} WHERE source = $1
