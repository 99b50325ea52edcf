SELECT count(*)::text FROM (
{eligible}) AS eligible
