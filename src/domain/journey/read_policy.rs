//! The policy of a store as it is written.

use serde_json::Value;

use super::place::Place;
use super::policy::{Attribution, Cap, Policy, Touch};
use super::read_condition::{ProfileColumn, column, span};
use super::read_definition::{share, time_of_day, weekdays};
use crate::domain::error::{Result, shorten};

/// Reads the policy of a store, over these columns of the profile.
///
/// # Errors
/// [`crate::domain::error::Kind::InvalidParameter`], whose message begins with the place.
pub fn read(json: &Value, columns: &[ProfileColumn]) -> Result<Policy> {
    let place = Place::of_policy(json);
    place.object(&["caps", "quiet_hours", "weekdays", "time_zone", "deadline", "control", "attribution"])?;
    let mut policy = Policy::default();
    if let Some(caps) = place.member("caps") {
        let elements = caps.elements()?;
        if elements.len() > 20 {
            return Err(caps.refused("must be at most 20"));
        }
        policy.caps = elements.iter().map(cap).collect::<Result<_>>()?;
    }
    if let Some(quiet) = place.member("quiet_hours") {
        quiet.object(&["from", "to"])?;
        let (from, to) = (time_of_day(&quiet.needed("from")?)?, time_of_day(&quiet.needed("to")?)?);
        if from == to {
            return Err(quiet.refused("must not end when they begin"));
        }
        policy.quiet_hours = Some((from, to));
    }
    if let Some(days) = place.member("weekdays") {
        policy.weekdays = weekdays(&days)?;
    }
    if let Some(zone) = place.member("time_zone") {
        policy.time_zone = Some(column(&zone, columns)?.name.clone());
    }
    if let Some(deadline) = place.member("deadline") {
        policy.deadline = span(&deadline)?;
    }
    if let Some(control) = place.member("control") {
        policy.control = share(&control)?;
    }
    if let Some(attribution) = place.member("attribution") {
        policy.attribution = self::attribution(&attribution)?;
    }
    Ok(policy)
}

fn cap(place: &Place<'_>) -> Result<Cap> {
    place.object(&["per", "most", "channel"])?;
    Ok(Cap {
        per: span(&place.needed("per")?)?,
        most: place.needed("most")?.whole_number(1, 1_000_000)? as u32,
        channel: place.member("channel").map(|channel| channel.name().map(str::to_owned)).transpose()?,
    })
}

fn attribution(place: &Place<'_>) -> Result<Attribution> {
    place.object(&["window", "rule", "touch"])?;
    let mut attribution = Policy::default().attribution;
    if let Some(window) = place.member("window") {
        attribution.window = span(&window)?;
    }
    if let Some(rule) = place.member("rule") {
        attribution.is_first_touch = match rule.text()? {
            "first_touch" => true,
            "last_touch" => false,
            other => {
                return Err(rule.refused(format!("must be last_touch or first_touch, and is \"{}\"", shorten(other))));
            }
        };
    }
    if let Some(touch) = place.member("touch") {
        attribution.touch = match touch.text()? {
            "sent" => Touch::Sent,
            "open" | "opened" => Touch::Open,
            "click" | "clicked" => Touch::Click,
            other => return Err(touch.refused(format!("must be sent, open or click, and is \"{}\"", shorten(other)))),
        };
    }
    Ok(attribution)
}
