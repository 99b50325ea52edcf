-- Of those whom no run has looked at, in the order in which they joined.
SELECT log.customer, log.at AS triggered_at, {what} AS reason, NULL::int8 AS event, NULL::text AS key, NULL::text AS order_key
FROM {data.audience_log} AS log JOIN {data.audience} AS audience ON audience.number = log.audience
WHERE audience.name = {audience} AND log.joined AND {is_own} AND log.at <= {now}
    AND log.id > (SELECT looked.joined_seen FROM {table.journey} AS looked WHERE looked.journey = {journey})
