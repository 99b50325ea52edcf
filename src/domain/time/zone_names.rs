//! The time zone that was probably meant: customers of a server know their city, and the zones have names such as Europe/London.

use crate::domain::support::suggest::distance;

/// The most names that a hint says.
const MOST: usize = 3;

/// The zones whose name, or the end of it after a slash, is nearest to what was asked for; none if none is near.
pub fn nearest_zones<'a>(asked: &str, zones: &[&'a str]) -> Vec<&'a str> {
    let asked = asked.trim().replace([' ', '-'], "_");
    let letters = asked.chars().count();
    // In a name of three letters one other letter is another name.
    if !(3..=60).contains(&letters) {
        return Vec::new();
    }
    let ends = |zone: &'a str| {
        std::iter::successors(Some(zone), |rest| rest.split_once('/').map(|(_, rest)| rest))
            .map(|end| distance(&asked, end))
            .min()
    };
    let zones = zones.iter().filter(|zone| !["posix/", "right/"].iter().any(|copy| zone.starts_with(copy)));
    let mut near: Vec<(usize, &str)> =
        zones.filter_map(|zone| Some((ends(zone)?, *zone))).filter(|(distance, _)| *distance <= letters / 4).collect();
    near.sort_unstable();
    let least = near.first().map(|(distance, _)| *distance);
    near.into_iter().filter(|(distance, _)| Some(*distance) == least).map(|(_, zone)| zone).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_is_found_whatever_its_case_and_with_a_mistake() {
        let zones = [
            "Africa/Lagos",
            "America/Argentina/Buenos_Aires",
            "America/Kentucky/Louisville",
            "America/Louisville",
            "America/New_York",
            "Asia/Tokyo",
            "Europe/London",
            "MET",
            "MST",
            "UTC",
            "posix/Europe/London",
            "right/Europe/London",
        ];
        for (asked, near) in [
            ("London", &["Europe/London"][..]),
            ("london", &["Europe/London"]),
            ("Londn", &["Europe/London"]),
            ("Europe/Londno", &["Europe/London"]),
            ("New York", &["America/New_York"]),
            ("new-york", &["America/New_York"]),
            (" tokio ", &["Asia/Tokyo"]),
            ("Buenos Aires", &["America/Argentina/Buenos_Aires"]),
            ("Argentina/Buenos Aires", &["America/Argentina/Buenos_Aires"]),
            ("Louisville", &["America/Kentucky/Louisville", "America/Louisville"]),
            ("MSK", &[]),
            ("Atlantis", &[]),
            ("", &[]),
            ("5", &[]),
        ] {
            assert_eq!(nearest_zones(asked, &zones), near, "{asked}");
        }
        assert!(nearest_zones(&"London".repeat(1_000_000), &zones).is_empty());
    }
}
