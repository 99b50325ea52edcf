//! The name of an audience, which is that of its view too.

use crate::domain::journey::tables::relations_of_store;
use crate::domain::store::{Store, views};
use crate::domain::support::error::{Error, Kind, Result, shorten};

/// The longest name, in bytes: that of a name in PostgreSQL.
const LONGEST: usize = 63;

/// How many audiences a store can have.
pub const MOST: usize = 1000;

/// Names that the views of later versions may have.
const RESERVED: [&str; 40] = [
    "actions",
    "answers",
    "arms",
    "baskets",
    "campaigns",
    "changes",
    "channel_days",
    "consent_changes",
    "contracts",
    "customer",
    "customer_days",
    "departures",
    "emails",
    "events",
    "experiments",
    "feeds",
    "forecasts",
    "forgotten",
    "goals",
    "health",
    "holds",
    "inactive",
    "intervals",
    "inventory",
    "items",
    "lifecycle",
    "messages",
    "new_customers",
    "orders",
    "people",
    "policies",
    "predictions",
    "products",
    "profiles",
    "prospects",
    "refunds",
    "renewals",
    "retention",
    "revenue",
    "schedules",
];

/// Beginnings of such names.
const RESERVED_STARTS: [&str; 4] = ["audience_", "journey_", "kpi", "lifecycle_"];

/// Refuses a name that an audience of a store cannot have. Names that differ from a view's in capitals alone are refused too.
///
/// # Errors
/// [`Kind::InvalidName`], and [`Kind::DuplicateObject`] for the name of a view of the store, of this version or perhaps of a later one.
pub fn check(store: &Store, name: &str) -> Result<()> {
    let cannot = |why: &str| {
        Err(Error::new(Kind::InvalidName, format!("\"{}\" cannot be the name of an audience", shorten(name)))
            .detail(why.to_owned())
            .hint("A name is a text such as 'big spenders', of 1 to 63 bytes."))
    };
    if name.is_empty() {
        return cannot("The name is empty.");
    }
    if name.len() > LONGEST {
        return cannot(&format!("The name has {} bytes, and a name in PostgreSQL has at most {LONGEST}.", name.len()));
    }
    if name.chars().any(char::is_control) {
        return cannot("The name has a control character, such as a line feed.");
    }
    if name.trim() != name {
        return cannot("The name begins or ends with a space.");
    }
    let lower = name.to_lowercase();
    let is_of_store = views::names(store).contains(&lower.as_str()) || relations_of_store().contains(&lower.as_str());
    if is_of_store || RESERVED.contains(&lower.as_str()) || RESERVED_STARTS.iter().any(|start| lower.starts_with(start))
    {
        return Err(Error::new(
            Kind::DuplicateObject,
            format!("\"{}\" cannot be the name of an audience", shorten(name)),
        )
        .detail("A view or table of the store has this name, or one of a later version may have it.")
        .hint("Choose a name of your own, such as 'our customers'."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::store::Key;

    #[test]
    fn names_are_texts_that_no_view_has() {
        let store = Store::bare("shop".to_owned(), Key::Text);
        for good in
            ["big spenders", "VIP \"gold\"", "it's; --", "Käufer", "x", "{data.profile}", "vips", &"x".repeat(63)]
        {
            assert_eq!(check(&store, good), Ok(()), "{good}");
        }
        for bad in ["", " x", "x ", "a\nb", "a\0b", &"x".repeat(64), &"é".repeat(32), "\u{a0}"] {
            assert_eq!(check(&store, bad).unwrap_err().kind, Kind::InvalidName, "{bad}");
        }
        for taken in [
            "customers",
            "Customers",
            "segments",
            "profile",
            "audiences",
            "journey_x",
            "products",
            "KPIS",
            "source_orders",
        ] {
            assert_eq!(check(&store, taken).unwrap_err().kind, Kind::DuplicateObject, "{taken}");
        }
    }

    #[test]
    fn reserved_names_are_in_order_and_none_is_reserved_twice() {
        assert!(RESERVED.is_sorted());
        let is_short = |name: &&&str| RESERVED_STARTS.iter().any(|start| name.starts_with(start));
        assert_eq!(RESERVED.iter().find(is_short), None);
    }
}
