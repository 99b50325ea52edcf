//! The columns of the table of key figures, a row a day: what each is called, and how it is computed.

/// A key figure.
pub struct KpiColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type, with its constraints.
    pub definition: &'static str,
    /// The template of its value, an aggregate over the new profiles; `{now}` is the instant of the refresh.
    pub value: &'static str,
}

const fn figure(name: &'static str, definition: &'static str, value: &'static str) -> KpiColumn {
    KpiColumn { name, definition, value }
}

/// The columns, in order. The first is the key.
pub const KPI: [KpiColumn; 19] = [
    figure("day", "date PRIMARY KEY", "{now}::date"),
    figure("as_of", "timestamptz NOT NULL", "{now}"),
    figure("customers", "bigint NOT NULL", "count(*)"),
    figure("buyers", "bigint NOT NULL", "count(*) FILTER (WHERE orders > 0)"),
    figure("prospects", "bigint NOT NULL", "count(*) FILTER (WHERE stage = 'prospect')"),
    figure("new", "bigint NOT NULL", "count(*) FILTER (WHERE stage = 'new')"),
    figure("active", "bigint NOT NULL", "count(*) FILTER (WHERE stage = 'active')"),
    figure("at_risk", "bigint NOT NULL", "count(*) FILTER (WHERE stage = 'at_risk')"),
    figure("lapsed", "bigint NOT NULL", "count(*) FILTER (WHERE stage = 'lapsed')"),
    figure("vips", "bigint NOT NULL", "count(*) FILTER (WHERE vip)"),
    figure("orders_to_date", "bigint NOT NULL", "COALESCE(sum(orders), 0)"),
    figure("revenue_to_date", "numeric NOT NULL", "COALESCE(sum(spend), 0)"),
    figure("orders_of_day", "bigint NOT NULL", "COALESCE(sum(lifecycle_orders_of_day), 0)"),
    figure("revenue_of_day", "numeric NOT NULL", "COALESCE(sum(lifecycle_revenue_of_day), 0)"),
    figure("average_order_value", "numeric", "round(sum(spend) / NULLIF(sum(orders), 0), 2)"),
    figure("expected_purchases", "numeric", "sum(expected_purchases)"),
    figure("predicted_ltv", "numeric", "sum(predicted_ltv)"),
    figure("average_p_alive", "numeric", "round(avg(p_alive), 4)"),
    figure(
        "moved",
        "bigint NOT NULL",
        "(SELECT count(*) FROM {data.movement} AS m WHERE m.kind IN ('moved', 'appeared') AND m.at >= date_trunc('day', {now}) AND m.at <= {now})",
    ),
];
