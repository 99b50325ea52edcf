DELETE FROM {data.watermark}
