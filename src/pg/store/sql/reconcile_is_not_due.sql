SELECT EXISTS (SELECT FROM {data.watermark} WHERE source = $1
    AND reconciled_at > clock_timestamp() - $2::interval AND reconciled_at <= clock_timestamp())
