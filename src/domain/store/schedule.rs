//! When a store is refreshed, and when its journeys are run: the jobs of pg_cron, and what to do on a server without it.

use serde::Deserialize;

use super::quote::{ascii_literal, select_call};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::{Sql, expression, sql};

/// What is done by a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// The store is refreshed.
    Refresh,
    /// Its journeys are run.
    Journeys,
}

impl Job {
    /// All of them.
    pub const ALL: [Job; 2] = [Job::Refresh, Job::Journeys];

    /// The procedure that does it, which is called with the store.
    fn procedure(self) -> &'static str {
        match self {
            Job::Refresh => "lifecycle.refresh",
            Job::Journeys => "lifecycle.run_journeys",
        }
    }
}

/// What there is to schedule with, as the caller sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Situation {
    /// Whether pg_cron is installed in this database.
    pub installed: bool,
    /// Whether the caller may call pg_cron's functions and read its jobs.
    pub allowed: bool,
    /// The database in which pg_cron looks for jobs, where the caller may know.
    pub cron_database: Option<String>,
    /// This database.
    pub database: String,
    /// The caller.
    pub user: String,
}

impl Situation {
    /// The query of it, as JSON.
    pub const QUERY: &'static str = include_str!("sql/cron_situation.sql");

    /// Whether pg_cron works on the jobs of this database.
    pub fn has_cron(&self) -> bool {
        self.installed && self.cron_database.as_ref().is_none_or(|database| *database == self.database)
    }

    /// Refuses a database without schedules, and a caller who may not make any. The schedule that was asked for is part of the advice.
    ///
    /// # Errors
    /// [`Kind::NotSupported`] and [`Kind::NotAllowed`].
    pub fn check(&self, job: Job, store: &str, schedule: Option<&str>) -> Result<()> {
        if !self.has_cron() {
            return Err(self.without_cron(job, store, schedule));
        }
        if !self.allowed {
            return Err(Error::new(
                Kind::NotAllowed,
                format!("pg_cron is not open to role \"{}\"", shorten(&self.user)),
            )
            .hint(format!(
                "A superuser opens it: GRANT USAGE ON SCHEMA cron TO {}",
                Sql::identifier(&shorten(&self.user))
            )));
        }
        Ok(())
    }

    fn without_cron(&self, job: Job, store: &str, schedule: Option<&str>) -> Error {
        let error = Error::new(
            Kind::NotSupported,
            format!("cannot schedule store \"{}\" in this database, which is without pg_cron", shorten(store)),
        );
        let elsewhere = self.cron_database.as_ref().filter(|database| **database != self.database);
        let call = format!("CALL {}({})", job.procedure(), ascii_literal(store));
        match (elsewhere, schedule) {
            (Some(there), Some(schedule)) => error.detail(runs_in(there)).hint(format!(
                "In that database: {}",
                select_call("cron.schedule_in_database", &[&job_name(job, store), schedule, &call, &self.database])
            )),
            (Some(there), None) => error
                .detail(runs_in(there))
                .hint(format!("In that database: {}", select_call("cron.unschedule", &[&job_name(job, store)]))),
            (None, None) => error.hint("If crontab or systemd runs the store, remove it there."),
            (None, Some(schedule)) => {
                let psql = format!("psql -qXd {} -c {}", shell_word(&self.database), shell_word(&call));
                let install = if self.cron_database.is_some() { "\nOr: CREATE EXTENSION pg_cron" } else { "" };
                if schedule.contains('$') || !is_five_fields(schedule) {
                    return error.hint(format!("Only pg_cron knows the schedule '{}'.{install}", shorten(schedule)));
                }
                let timer = on_calendar(schedule)
                    .map(|times| format!("\nOr start a systemd timer: systemd-run --on-calendar='{times}' {psql}"));
                error.hint(format!(
                    "Add a line to the crontab: {schedule} {}{}{install}",
                    psql.replace('%', r"\%"), // which ends the command in a crontab
                    timer.unwrap_or_default(),
                ))
            }
        }
    }
}

fn runs_in(database: &str) -> String {
    format!("pg_cron runs in database \"{}\" of this server.", shorten(database))
}

// ---- the job --------------------------------------------------------------------------------------------------------

/// The longest name of a job, in bytes: up to version 1.5 of pg_cron it is a `name`, and what is longer is cut.
const LONGEST: usize = 63;

/// The name of a job of a store. The end of one that is too long gives way to a hash, or two stores would share one.
pub fn job_name(job: Job, store: &str) -> String {
    let name = format!("{} {store}", job.procedure());
    if name.len() <= LONGEST {
        return name;
    }
    let mut end = LONGEST - 17;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{} {:016x}", &name[..end], fnv1a(store.as_bytes()))
}

/// The hash of Fowler, Noll and Vo: a name that must be the same in every release cannot have Rust's own.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// Makes the job, or changes the one that is there; gives its number.
pub fn schedule_sql(job: Job, store: &str, schedule: &str) -> Sql {
    let command = format!("CALL {}({})", job.procedure(), Sql::literal(store));
    sql!(
        (),
        "sql/schedule_job.sql",
        job = Sql::literal(&job_name(job, store)),
        schedule = Sql::literal(schedule),
        command = Sql::literal(&command)
    )
}

/// Ends the store's jobs of this kind; gives how many there were.
pub fn unschedule_sql(job: Job, store: &str) -> Sql {
    sql!((), "sql/unschedule_jobs.sql", is_job = is_job(job, store))
}

/// The schedules of the store's jobs.
pub fn schedule_of_sql(job: Job, store: &str) -> Sql {
    sql!((), "sql/schedules_of_jobs.sql", is_job = is_job(job, store))
}

/// That a row `j` of pg_cron is the store's job of this kind. The caller's search_path holds here.
fn is_job(job: Job, store: &str) -> Sql {
    expression!(
        (),
        "j.jobname::pg_catalog.text OPERATOR(pg_catalog.=) {job} \
         AND j.database OPERATOR(pg_catalog.=) pg_catalog.current_database()::pg_catalog.text",
        job = Sql::literal(&job_name(job, store))
    )
}

// ---- advice, in ASCII, which is the same in every encoding of a database ---------------------------------------------

/// A text as one word of a shell.
fn shell_word(text: &str) -> String {
    if !text.is_empty() && text.chars().all(|char| char.is_ascii_alphanumeric() || "_-.".contains(char)) {
        return text.to_owned();
    }
    let escaped = text.chars().map(|char| match char {
        '"' | '\\' | '$' | '`' => format!(r"\{char}"),
        _ if char.is_ascii() => char.to_string(),
        _ => char.escape_unicode().to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

// ---- when -----------------------------------------------------------------------------------------------------------

/// The words for schedules, and the five fields that they mean: as cron takes those with an @, but for the night.
const WORDS: [(&str, &str); 8] = [
    ("hourly", "0 * * * *"),
    ("daily", "0 0 * * *"),
    ("nightly", "0 3 * * *"),
    ("weekly", "0 0 * * 0"),
    ("monthly", "0 0 1 * *"),
    ("midnight", "0 0 * * *"),
    ("yearly", "0 0 1 1 *"),
    ("annually", "0 0 1 1 *"),
];

/// The schedule as pg_cron takes it: five fields, seconds, or what a word such as `nightly` means.
///
/// # Errors
/// [`Kind::InvalidParameter`] for what is none of these, with a list.
pub fn times_of(schedule: &str) -> Result<String> {
    let text = schedule.trim();
    let word = text.strip_prefix('@').unwrap_or(text);
    if let Some((_, times)) = WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)) {
        return Ok((*times).to_owned());
    }
    let seconds = |text: &str| text.parse::<u8>().is_ok_and(|seconds| (1..=59).contains(&seconds));
    let is_seconds = text
        .strip_suffix("seconds")
        .or_else(|| text.strip_suffix("second"))
        .is_some_and(|text| seconds(text.trim_end()));
    if is_seconds || text == "@reboot" || is_five_fields(text) {
        return Ok(text.to_owned());
    }
    let words: Vec<&str> = WORDS[..5].iter().map(|(word, _)| *word).collect();
    Err(Error::new(Kind::InvalidParameter, format!("invalid schedule: \"{}\"", shorten(schedule))).hint(format!(
        "Write the five fields of a crontab, such as '*/15 * * * *', or '30 seconds', or one of the words {}.",
        words.join(", ")
    )))
}

/// Whether a text is a schedule of five fields: minute, hour, day, month, day of the week. For pg_cron, $ is the last day of a month.
fn is_five_fields(schedule: &str) -> bool {
    let fields: Vec<&str> = schedule.split(' ').filter(|field| !field.is_empty()).collect();
    // Letters are the names of months and days only.
    let is_field = |(place, field): (usize, &&str)| {
        field
            .chars()
            .all(|char| char.is_ascii_digit() || "*/,-".contains(char) || (place >= 3 && char.is_ascii_alphabetic()))
            || (place == 2 && *field == "$")
    };
    fields.len() == 5 && fields.iter().enumerate().all(is_field)
}

/// The same times as systemd writes them; None where that is not plain.
fn on_calendar(schedule: &str) -> Option<String> {
    let fields: Vec<&str> = schedule.split(' ').filter(|field| !field.is_empty()).collect();
    let [minute, hour, day, "*", weekday] = fields[..] else { return None };
    let number = |field: &str, range: std::ops::RangeInclusive<u8>| {
        field.parse::<u8>().ok().filter(|number| range.contains(number))
    };
    if (hour, day, weekday) == ("*", "*", "*") {
        if minute == "*" {
            return Some("*:*".to_owned());
        }
        let every = minute.strip_prefix("*/").and_then(|every| number(every, 1..=59));
        return match every {
            Some(every) => Some(format!("*:0/{every}")),
            None => Some(format!("*:{:02}", number(minute, 0..=59)?)),
        };
    }
    let time = format!("{:02}:{:02}", number(hour, 0..=23)?, number(minute, 0..=59)?);
    match (day, weekday) {
        ("*", "*") => Some(format!("*-*-* {time}")),
        (day, "*") => Some(format!("*-*-{:02} {time}", number(day, 1..=31)?)),
        ("*", weekday) => {
            let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
            Some(format!("{} *-*-* {time}", days[usize::from(number(weekday, 0..=7)?)]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn situation() -> Situation {
        Situation {
            installed: false,
            allowed: false,
            cron_database: None,
            database: "crm".to_owned(),
            user: "keeper".to_owned(),
        }
    }

    fn hint(situation: &Situation, store: &str, schedule: Option<&str>) -> String {
        let error = situation.check(Job::Refresh, store, schedule).unwrap_err();
        assert_eq!(error.kind, Kind::NotSupported);
        error.hint.unwrap()
    }

    #[test]
    fn a_job_calls_refresh_for_its_store() {
        assert_eq!(
            schedule_sql(Job::Refresh, "shop", "*/15 * * * *").as_str(),
            "SELECT cron.schedule('lifecycle.refresh shop', '*/15 * * * *', 'CALL lifecycle.refresh(''shop'')')"
        );
        assert_eq!(
            schedule_sql(Job::Refresh, r#"or'ders"; drop\"#, "'").as_str(),
            r#"SELECT cron.schedule(E'lifecycle.refresh or''ders"; drop\\', '''', E'CALL lifecycle.refresh(E''or''''ders"; drop\\\\'')')"#
        );
    }

    #[test]
    fn journeys_have_a_job_of_their_own() {
        assert_eq!(
            schedule_sql(Job::Journeys, "shop", "* * * * *").as_str(),
            "SELECT cron.schedule('lifecycle.run_journeys shop', '* * * * *', 'CALL lifecycle.run_journeys(''shop'')')"
        );
        let error = situation().check(Job::Journeys, "shop", Some("* * * * *")).unwrap_err();
        assert!(error.hint.unwrap().contains("CALL lifecycle.run_journeys('shop')"));
    }

    #[test]
    fn names_of_jobs_are_short_and_differ() {
        let long = "a".repeat(62);
        let names = [&long[..44], &long[..45], &long[..46], &format!("{long}b"), &format!("{long}c"), &"é".repeat(31)];
        let jobs = names.map(|name| job_name(Job::Refresh, name));
        assert_eq!(jobs[1], format!("lifecycle.refresh {}", &long[..45]));
        for (i, job) in jobs.iter().enumerate() {
            assert!(job.len() <= 63 && job.starts_with("lifecycle.refresh "), "{job}");
            assert!(!jobs[..i].contains(job), "{job}");
        }
        // It is stored in tables of others: no release may change it.
        assert_eq!(jobs[3], "lifecycle.refresh aaaaaaaaaaaaaaaaaaaaaaaaaaaa 51c1df7b2aee8eb3");
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c); // of the authors' own test vectors
    }

    #[test]
    fn without_pg_cron_there_is_advice() {
        assert_eq!(
            hint(&situation(), "shop", Some("0 * * * *")),
            "Add a line to the crontab: 0 * * * * psql -qXd crm -c \"CALL lifecycle.refresh('shop')\"\n\
             Or start a systemd timer: systemd-run --on-calendar='*:00' psql -qXd crm -c \"CALL lifecycle.refresh('shop')\""
        );
        assert!(hint(&situation(), "shop", Some("*/5 * * * *")).contains("--on-calendar='*:0/5' psql"));
        for no_crontab in ["*/$(rm) * * * *", "5 * * * *; rm", "30 seconds", "0 3 $ * *"] {
            let hint = hint(&situation(), "shop", Some(no_crontab));
            assert_eq!(hint, format!("Only pg_cron knows the schedule '{no_crontab}'."));
        }
        let hostile = hint(&Situation { database: "a b".to_owned(), ..situation() }, "5% \"$é`", Some("0 * * * *"));
        let line = hostile.lines().next().unwrap();
        assert!(line.ends_with(r#"psql -qXd "a b" -c "CALL lifecycle.refresh(E'5\% \"\$\\U000000e9\`')""#), "{line}");
        assert!(hint(&situation(), "shop", None).contains("crontab"));
        let preloaded = Situation { cron_database: Some("crm".to_owned()), ..situation() };
        assert!(hint(&preloaded, "shop", Some("0 * * * *")).ends_with("\nOr: CREATE EXTENSION pg_cron"));
    }

    #[test]
    fn where_pg_cron_runs_elsewhere_the_advice_is_for_there() {
        // An extension that came along with a copy of the database does nothing.
        for installed in [false, true] {
            let elsewhere =
                Situation { installed, cron_database: Some("postgres".to_owned()), allowed: true, ..situation() };
            assert_eq!(
                elsewhere.check(Job::Refresh, "shop", Some("0 * * * *")).unwrap_err().detail.unwrap(),
                "pg_cron runs in database \"postgres\" of this server."
            );
            assert_eq!(
                hint(&elsewhere, "shop", Some("0 * * * *")),
                "In that database: SELECT cron.schedule_in_database('lifecycle.refresh shop', '0 * * * *', \
                 'CALL lifecycle.refresh(''shop'')', 'crm')"
            );
            assert_eq!(
                hint(&elsewhere, "shop", None),
                "In that database: SELECT cron.unschedule('lifecycle.refresh shop')"
            );
        }
    }

    #[test]
    fn a_word_is_taken_for_what_it_means() {
        for (word, times) in [
            ("nightly", "0 3 * * *"),
            ("Hourly", "0 * * * *"),
            (" daily ", "0 0 * * *"),
            ("@daily", "0 0 * * *"),
            ("WEEKLY", "0 0 * * 0"),
            ("@monthly", "0 0 1 * *"),
            ("@reboot", "@reboot"),
            ("30 seconds", "30 seconds"),
            ("1 second", "1 second"),
            ("*/15 * * * *", "*/15 * * * *"),
            ("0  3 1-7 jan-mar MON,FRI", "0  3 1-7 jan-mar MON,FRI"),
            ("0 3 $ * *", "0 3 $ * *"),
        ] {
            assert_eq!(times_of(word).as_deref(), Ok(times));
        }
        for none in [
            "",
            "night",
            "every night",
            "at 3 am",
            "once each day at noon",
            "60 seconds",
            "5 minutes",
            "0 3 * *",
            "0 3 * * * *",
            "5 * * * *; rm",
            "3am * * * *",
        ] {
            let error = times_of(none).unwrap_err();
            assert_eq!(error.kind, Kind::InvalidParameter, "{none}");
            assert!(error.hint.unwrap().contains("hourly, daily, nightly, weekly, monthly"));
        }
    }

    #[test]
    fn systemd_says_the_same_times() {
        for (schedule, calendar) in [
            ("* * * * *", Some("*:*")),
            ("*/5 * * * *", Some("*:0/5")),
            ("30 * * * *", Some("*:30")),
            ("0 3 * * *", Some("*-*-* 03:00")),
            ("15 23 1 * *", Some("*-*-01 23:15")),
            ("0 0 * * 0", Some("Sun *-*-* 00:00")),
            ("0 0 * * 7", Some("Sun *-*-* 00:00")),
            ("0 */2 * * *", None),
            ("0 0 1 1 *", None),
            ("0 0 1 * 1", None),
            ("61 * * * *", None),
            ("*/$(rm) * * * *", None),
        ] {
            assert_eq!(on_calendar(schedule).as_deref(), calendar, "{schedule}");
        }
    }

    #[test]
    fn who_may_not_is_told_why() {
        let ready = Situation { installed: true, allowed: true, ..situation() };
        assert_eq!(ready.check(Job::Refresh, "shop", None), Ok(()));
        let closed = Situation { allowed: false, user: "O'Neil".to_owned(), ..ready }
            .check(Job::Refresh, "shop", None)
            .unwrap_err();
        assert_eq!(closed.kind, Kind::NotAllowed);
        assert!(closed.hint.unwrap().ends_with("TO \"O'Neil\""));
    }
}
