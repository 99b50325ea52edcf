SELECT noted.refund_of::{key} AS customer FROM {noted} AS noted WHERE noted.refund_of IS NOT NULL
