//! Customers and their orders, as they are drawn.

use chrono::Duration;

use super::calendar::Instant;
use super::facts::{Purchase, shown};
use super::generate::Lots;

/// An order that is given at an instant.
pub fn order(lots: &mut Lots, customers: i64, at: Instant) -> Purchase {
    let amount = if lots.is(0.15) { -lots.number(1, 10) } else { lots.number(3, 40) };
    Purchase { customer: lots.number(1, customers) as i32, at, amount, number: String::new(), is_cancelled: false }
}

/// Those of these orders that count.
pub fn counted(orders: &[Purchase]) -> Vec<Purchase> {
    orders.iter().filter(|of| !of.is_cancelled).cloned().collect()
}

/// The statement that makes a person, or makes the person anew.
pub fn person(lots: &mut Lots, customer: i64, now: Instant) -> String {
    let maybe = |lots: &mut Lots, value: String| if lots.is(0.2) { "NULL".to_owned() } else { value };
    let zone = lots.one_of(&["Europe/Berlin", "America/New_York", "UTC", "Mars/Phobos", "Europe/Berlin"]);
    let (tier, points) = (format!("'{}'", lots.one_of(&["gold", "silver"])), lots.number(0, 10).to_string());
    let joined = shown(now + Duration::seconds(lots.number(-5 * 86400, 4 * 86400)));
    let born = (now + Duration::days(lots.number(-4, 8))).date();
    let years = lots.number(0, 40) as u32;
    let born = born.checked_sub_months(chrono::Months::new(12 * years)).expect("a day");
    let values: Vec<String> =
        [tier, points, lots.is(0.5).to_string(), format!("'{joined}'"), format!("'{born}'"), format!("'{zone}'")]
            .into_iter()
            .map(|value| maybe(lots, value))
            .collect();
    let values = values.join(", ");
    // A customer without earlier rows is new by a recent consent.
    let consented = match lots.is(0.4) {
        true => shown(now - Duration::seconds(lots.number(0, 3 * 86400))),
        false => "2023-12-01".to_owned(),
    };
    format!(
        "INSERT INTO people VALUES ({customer}, '{consented}', {values}) ON CONFLICT (customer) DO UPDATE
            SET (tier, points, insider, joined, born, zone) = ({values})"
    )
}
