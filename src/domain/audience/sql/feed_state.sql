-- What identifies the feed, $1 being what tells it from others of the store, and how far it has come. The time line is another after a failover
-- or a restore to a point in time, by which changes may be lost that a reader has seen.
SELECT left(md5(concat_ws('/', feed.identity, {home}, control.timeline_id, $1)), 16), feed.version, feed.most_changed, feed.reshaped,
    feed.purged
FROM {data.feed} AS feed, pg_control_checkpoint() AS control
