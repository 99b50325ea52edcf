//! The kinds of events in the form in which they are kept, and the words of owners beside those of services.

use super::provider_words::{meaning, normal_form, words_on};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::suggest::nearest_few;

/// The kind of event that is a purchase.
pub const ORDERED: &str = "ordered";

/// The kind of event by which a customer becomes known.
pub const REGISTERED: &str = "registered";

/// The kinds of events that only a message that was sent can have.
pub const DELIVERY_EVIDENCE_KINDS: [&str; 7] =
    ["delivered", "open", "click", "reply", "bounce", "unsubscribe", "complaint"];

/// The kinds of events by which a customer wants nothing more of a channel.
pub const OPT_OUT_KINDS: [&str; 2] = ["unsubscribe", "complaint"];

/// The kinds of events that machines do, too.
pub const MACHINE_KINDS: [&str; 2] = ["open", "click"];

/// The longest word, in bytes.
const LONGEST: usize = 63;

/// How long a bounce lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// For good: there is no such address.
    Hard,
    /// For now.
    Soft,
}

impl Class {
    /// The name under which it is kept.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Hard => "hard",
            Class::Soft => "soft",
        }
    }
}

/// The kind that a word of a journey means: one of those that services and this product use, or a word of the owner's.
///
/// # Errors
/// Those of [`own_kind`].
pub fn event_kind(word: &str) -> Result<String> {
    match meaning(word, None) {
        Some(meaning) => Ok(meaning.kind().to_owned()),
        None => own_kind(word),
    }
}

/// A word of the owner's in the form in which it is kept: in small letters.
///
/// # Errors
/// [`Kind::InvalidParameter`] if it is no word of letters, digits and underscores that begins with a letter.
pub fn own_kind(word: &str) -> Result<String> {
    let kind = word.to_ascii_lowercase();
    let begins = kind.starts_with(|char: char| char.is_ascii_lowercase());
    let is_word = kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if begins && is_word && kind.len() <= LONGEST {
        return Ok(kind);
    }
    Err(Error::new(Kind::InvalidParameter, format!("\"{}\" is no kind of event", shorten(word)))
        .hint("A kind is a word such as open, delivered or trial_ended: letters, digits and underscores, 63 at most."))
}

/// What to do about a word that nothing knows: the nearest words, and how the owner allows one of his own. `settings` is the statement
/// for that.
pub fn unknown_kind(word: &str, channel: Option<&str>, store: &str, own: &[String], allow: &str) -> Error {
    let known: Vec<&str> =
        words_on(channel).map(|one| one.word).chain(own.iter().map(String::as_str)).chain([REGISTERED]).collect();
    let normal = normal_form(word);
    let near = nearest_few(&normal, &known, 3);
    let meant = near.iter().map(|near| match meaning(near, channel) {
        Some(meaning) if meaning.kind() != *near => format!("{near} ({})", meaning.kind()),
        _ => (*near).to_owned(),
    });
    let meant: Vec<String> = meant.collect();
    let perhaps = if meant.is_empty() { String::new() } else { format!("Perhaps you meant {}. ", meant.join(" or ")) };
    Error::new(Kind::InvalidParameter, format!("store \"{}\" knows no kind of event \"{}\"", shorten(store), shorten(word)))
        .detail("A kind is a word of docs/journeys/events.md, a word that a journey of the store names, or one of the setting event_kinds.")
        .hint(match own_kind(word) {
            Ok(_) => format!("{perhaps}To record a kind of your own: {allow}"),
            Err(_) => format!("{perhaps}A kind of your own consists of letters, digits and underscores."),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_services_are_understood_and_others_are_the_owners() {
        for (word, kind) in [
            ("Opened", "open"),
            ("open", "open"),
            ("UNSUBSCRIBED", "unsubscribe"),
            ("spamreport", "complaint"),
            ("soft_bounce", "bounce"),
            ("trial_2", "trial_2"),
            ("Trial_Ended", "trial_ended"),
        ] {
            assert_eq!(event_kind(word).unwrap(), kind);
        }
        assert_eq!(event_kind("delivered").unwrap(), "delivered");
        for word in ["", "2nd", "two words", "'; SELECT", "caf\u{e9}", &"x".repeat(64)] {
            assert_eq!(event_kind(word).unwrap_err().kind, Kind::InvalidParameter, "{word}");
        }
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_nearest() {
        let hint = |word: &str| unknown_kind(word, None, "shop", &["trial_ended".to_owned()], "SELECT 1").hint.unwrap();
        assert!(hint("spamrep0rt").contains("spamreport (complaint)"), "{}", hint("spamrep0rt"));
        assert!(hint("unsubscribee").contains("unsubscribe"));
        assert!(hint("trial_endet").contains("trial_ended"));
        assert!(hint("\u{441}lick").contains("click"), "a Cyrillic letter");
        assert!(hint("login").ends_with("To record a kind of your own: SELECT 1"));
        assert!(!hint(&"x".repeat(1_000_000)).contains("Perhaps"));
    }
}
