//! The words for kinds of events, in the form in which they are kept: those that mail systems use, and those of journeys.

use crate::domain::support::error::{Error, Kind, Result, shorten};

/// The kind of event that is a purchase.
pub const ORDERED: &str = "ordered";

/// The kind of event by which a customer becomes known.
pub const REGISTERED: &str = "registered";

/// The past tense of kinds of event, where it is another word.
pub const KIND_ALIASES: [(&str, &str); 9] = [
    ("opened", "open"),
    ("clicked", "click"),
    ("visited", "visit"),
    ("replied", "reply"),
    ("bounced", "bounce"),
    ("unsubscribed", "unsubscribe"),
    ("complained", "complaint"),
    ("referred", "referral"),
    ("subscribed", "subscribe"),
];

/// The kinds of events that only a message that was sent can have.
pub const DELIVERY_EVIDENCE_KINDS: [&str; 7] =
    ["delivered", "open", "click", "reply", "bounce", "unsubscribe", "complaint"];

/// The kinds of events by which a customer wants nothing more of a channel.
pub const OPT_OUT_KINDS: [&str; 2] = ["unsubscribe", "complaint"];

/// The longest word, in bytes.
const LONGEST: usize = 63;

/// The kind that a word means: in small letters, and as engagement events are called where it is their past tense.
///
/// # Errors
/// [`Kind::InvalidParameter`] if it is no word of letters, digits and underscores that begins with a letter.
pub fn event_kind(word: &str) -> Result<String> {
    let kind = word.to_ascii_lowercase();
    let begins = kind.starts_with(|char: char| char.is_ascii_lowercase());
    let is_word = kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !begins || !is_word || kind.len() > LONGEST {
        return Err(Error::new(Kind::InvalidParameter, format!("\"{}\" is no kind of event", shorten(word))).hint(
            "A kind is a word such as open, delivered or trial_ended: letters, digits and underscores, 63 at most.",
        ));
    }
    Ok(KIND_ALIASES.iter().find(|(past, _)| *past == kind).map_or(kind, |(_, present)| (*present).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_mail_systems_are_understood() {
        for (word, kind) in
            [("Opened", "open"), ("open", "open"), ("UNSUBSCRIBED", "unsubscribe"), ("trial_2", "trial_2")]
        {
            assert_eq!(event_kind(word).unwrap(), kind);
        }
        assert_eq!(event_kind("delivered").unwrap(), "delivered");
        for word in ["", "2nd", "two words", "'; DROP", "caf\u{e9}", &"x".repeat(64)] {
            assert_eq!(event_kind(word).unwrap_err().kind, Kind::InvalidParameter, "{word}");
        }
    }
}
