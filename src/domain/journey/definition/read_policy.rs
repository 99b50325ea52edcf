//! Reading the policy of a store.

use serde_json::Value;

use super::json_path::JsonPath;
use super::policy::{Attribution, Cap, MaxEntries, Policy, Touch};
use super::profile_columns::{ProfileColumn, Sort};
use crate::domain::support::error::{Kind, Result, shorten};

/// How many caps there may be.
const MOST_CAPS: usize = 20;

impl Policy {
    /// The policy that a JSON object holds, of a store whose profile has these columns. What it leaves out is as by default.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] and [`Kind::LimitExceeded`], the message of which begins with the place.
    pub fn read(json: &Value, columns: &[ProfileColumn]) -> Result<Policy> {
        let whole = JsonPath::of(json, "policy").object(&[
            "caps",
            "quiet_hours",
            "weekdays",
            "time_zone",
            "deadline",
            "consent",
            "control",
            "attribution",
            "max_entries",
        ])?;
        let default = Policy::default();
        Ok(Policy {
            caps: whole.read("caps", caps)?.unwrap_or_default(),
            quiet_hours: whole.read("quiet_hours", |place| {
                let hours = place.object(&["from", "to"])?;
                let (from, to) = (hours.need("from")?.time_of_day()?, hours.need("to")?.time_of_day()?);
                if from == to {
                    return Err(place.refuse("\"from\" and \"to\" are the same"));
                }
                Ok((from, to))
            })?,
            weekdays: whole.read("weekdays", JsonPath::weekdays)?.unwrap_or_default(),
            time_zone: whole.read("time_zone", |place| {
                let column = ProfileColumn::named(place, columns)?;
                match column.sort() {
                    Sort::Text => Ok(column.name.clone()),
                    _ => Err(place.refuse(format!(
                        "\"{}\" of type {} is no text",
                        shorten(&column.name),
                        column.sql_type
                    ))),
                }
            })?,
            deadline: whole.read("deadline", JsonPath::span)?.unwrap_or(default.deadline),
            requires_consent: whole.read("consent", |place| Ok(place.word(&["required", "assumed"])? == "required"))?,
            control: whole.read("control", JsonPath::share)?.unwrap_or(default.control),
            attribution: whole.read("attribution", attribution)?.unwrap_or(default.attribution),
            max_entries: whole.read("max_entries", max_entries)?,
        })
    }
}

fn caps(place: &JsonPath<'_>) -> Result<Vec<Cap>> {
    // No cap at all may be said by an empty list.
    let places = match place.value {
        Value::Array(values) => place.elements(values),
        _ => return Err(place.must_be("a list")),
    };
    if places.len() > MOST_CAPS {
        return Err(place.refuse_as(Kind::LimitExceeded, format!("more than {MOST_CAPS} caps")));
    }
    let cap = |place: &JsonPath<'_>| {
        let object = place.object(&["per", "most", "channel"])?;
        Ok(Cap {
            per: object.need("per")?.span()?,
            most: object.need("most")?.times()?,
            channel: object.read("channel", JsonPath::channel)?,
        })
    };
    places.iter().map(cap).collect()
}

/// A number below 1 is a share of the customers.
fn max_entries(place: &JsonPath<'_>) -> Result<MaxEntries> {
    let range = "of customers from 1 on, or a share of them below 1";
    let number = place.number(|n| n > 0.0 && (n < 1.0 || n.fract() == 0.0 && n <= 2_147_483_647.0), range)?;
    Ok(if number < 1.0 { MaxEntries::Share(number) } else { MaxEntries::Customers(number as u32) })
}

fn attribution(place: &JsonPath<'_>) -> Result<Attribution> {
    let object = place.object(&["window", "rule", "touch"])?;
    let default = Policy::default().attribution;
    let is_first = |place: &JsonPath<'_>| Ok(place.word(&["last_touch", "first_touch"])? == "first_touch");
    let touch = |place: &JsonPath<'_>| {
        Ok(match place.word(&["sent", "open", "click"])? {
            "open" => Touch::Open,
            "click" => Touch::Click,
            _ => Touch::Sent,
        })
    };
    Ok(Attribution {
        window: object.read("window", JsonPath::span)?.unwrap_or(default.window),
        is_first_touch: object.read("rule", is_first)?.unwrap_or(default.is_first_touch),
        touch: object.read("touch", touch)?.unwrap_or(default.touch),
    })
}
