//! What came of journeys, held against a reading of it entry by entry.

use postgres::Client;

use super::calendar::Instant;
use super::facts::shown;
use crate::harness::Ask;

/// The first rows that differ, of the reports of all journeys as of some instants and of the funnel.
pub fn compare(client: &mut Client, instants: &[Instant]) -> Result<(), String> {
    let mut differ = client.texts(include_str!("plain_funnel.sql"));
    for journey in client.texts("SELECT name FROM naive_data.journey ORDER BY name") {
        for &at in instants {
            let plain = include_str!("plain_report.sql")
                .replace("$1", &format!("'{journey}'"))
                .replace("$2", &format!("timestamptz '{}'", shown(at)));
            differ.extend(client.texts(&plain));
        }
    }
    if differ.is_empty() { Ok(()) } else { Err(differ.join("\n")) }
}
