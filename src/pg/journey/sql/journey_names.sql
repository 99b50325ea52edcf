SELECT journey.name FROM {data.journey} AS journey ORDER BY journey.name
