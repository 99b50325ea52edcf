SELECT journey.journey FROM {data.journey} AS journey ORDER BY journey.journey FOR NO KEY UPDATE
