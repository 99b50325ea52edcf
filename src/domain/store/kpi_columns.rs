//! The columns of the table of key figures, a row a day: what each is called, and how it is computed.

use crate::domain::stages::stage::LifecycleStage;
use crate::domain::support::sql::{Sql, expression};

/// A key figure.
pub struct KpiColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type, with its constraints.
    pub definition: &'static str,
    /// Its value.
    pub value: KpiValue,
}

/// The value of a key figure, an aggregate over the new profiles.
pub enum KpiValue {
    /// A template; `{now}` is the instant of the refresh.
    Template(&'static str),
    /// How many customers are in a stage.
    CustomersIn(LifecycleStage),
    /// What customers and guests have spent.
    RevenueWithGuests,
}

const fn figure(name: &'static str, definition: &'static str, value: &'static str) -> KpiColumn {
    KpiColumn { name, definition, value: KpiValue::Template(value) }
}

const fn customers_in(stage: LifecycleStage) -> KpiColumn {
    KpiColumn { name: column_of(stage), definition: "bigint NOT NULL", value: KpiValue::CustomersIn(stage) }
}

/// What a column with the number of customers in a stage is called.
pub const fn column_of(stage: LifecycleStage) -> &'static str {
    match stage {
        LifecycleStage::Prospect => "prospects",
        stage => stage.label(),
    }
}

/// How many customers are in a stage, an aggregate; `of` is the column with the stage.
pub fn count_in(stage: LifecycleStage, of: &'static str) -> Sql {
    expression!((), "count(*) FILTER (WHERE {of} = {stage})", of = of, stage = Sql::literal(stage.label()))
}

/// The columns, in order. The first is the key.
pub const KPI: [KpiColumn; 20] = [
    figure("day", "date PRIMARY KEY", "{now}::date"),
    figure("as_of", "timestamptz NOT NULL", "{now}"),
    figure("customers", "bigint NOT NULL", "count(*)"),
    figure("buyers", "bigint NOT NULL", "count(*) FILTER (WHERE orders > 0)"),
    customers_in(LifecycleStage::Prospect),
    customers_in(LifecycleStage::New),
    customers_in(LifecycleStage::Active),
    customers_in(LifecycleStage::AtRisk),
    customers_in(LifecycleStage::Lapsed),
    figure("vips", "bigint NOT NULL", "count(*) FILTER (WHERE vip)"),
    figure("orders_to_date", "bigint NOT NULL", "COALESCE(sum(orders), 0)"),
    figure("revenue_to_date", "numeric NOT NULL", "COALESCE(sum(spend), 0)"),
    KpiColumn { name: "revenue_with_guests", definition: "numeric", value: KpiValue::RevenueWithGuests },
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_has_a_figure_with_the_number_of_its_customers() {
        let counted = KPI.iter().filter_map(|column| match column.value {
            KpiValue::CustomersIn(stage) => Some((column.name, stage)),
            KpiValue::RevenueWithGuests => None,
            KpiValue::Template(template) => {
                assert!(!template.contains("stage"), "{template}");
                None
            }
        });
        assert_eq!(counted.collect::<Vec<_>>(), LifecycleStage::ALL.map(|stage| (column_of(stage), stage)));
        assert_eq!(
            count_in(LifecycleStage::AtRisk, "profile.stage").as_str(),
            "count(*) FILTER (WHERE profile.stage = 'at_risk')"
        );
    }
}
