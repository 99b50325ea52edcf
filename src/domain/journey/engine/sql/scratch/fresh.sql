-- their histories
CREATE TEMPORARY TABLE IF NOT EXISTS {scratch.fresh} (
    customer {key}, purchases {ext.purchase_history}, engagement {ext.engagement_history}
) ON COMMIT DELETE ROWS
