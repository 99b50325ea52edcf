//! The names of channels: small letters, and those that every store knows.

use super::Channel;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::suggest::nearest;

/// The channel by which an advertiser is told to leave a customer out. Nothing reaches the customer by it.
const SUPPRESS: &str = "suppress";

/// The channels that every store knows.
pub fn channels() -> impl Iterator<Item = &'static str> {
    Channel::ALL.into_iter().map(Channel::label).chain([SUPPRESS])
}

/// The form in which a channel is kept.
pub fn channel_word(word: &str) -> String {
    word.trim().to_lowercase()
}

/// A channel that a store knows: one of [`channels`], or one of its own, which are given.
///
/// # Errors
/// [`Kind::InvalidParameter`] if it is none of them; `allow` says how the owner adds one.
pub fn known_channel(word: &str, own: &[String], allow: impl FnOnce(&str) -> String) -> Result<String> {
    let channel = channel_word(word);
    if channels().any(|known| known == channel) || own.contains(&channel) {
        return Ok(channel);
    }
    let mut known: Vec<&str> = channels().collect();
    known.extend(own.iter().map(String::as_str).filter(|own| !channels().any(|known| known == *own)));
    let perhaps = match nearest(&channel, &known) {
        Some(near) => format!("Perhaps you meant {near}."),
        None => format!("The channels are {}.", known.join(", ")),
    };
    let fits = !channel.is_empty() && channel.len() <= 63;
    let add = if fits { format!(" To add one of your own: {}", allow(&channel)) } else { String::new() };
    Err(Error::new(Kind::InvalidParameter, format!("unknown channel: \"{}\"", shorten(word)))
        .detail("A channel is one that every store knows, one that a journey of the store names, or one of the setting channels.")
        .hint(format!("{perhaps}{add}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_known_in_any_case_or_refused_with_the_nearest() {
        let known = |word: &str| known_channel(word, &["letter".to_owned()], |channel| format!("add {channel}"));
        for (word, channel) in
            [("Email", "email"), (" SMS ", "sms"), ("push", "push"), ("Letter", "letter"), ("suppress", "suppress")]
        {
            assert_eq!(known(word).unwrap(), channel);
        }
        let hint = |word: &str| known(word).unwrap_err().hint.unwrap();
        assert_eq!(hint("emial"), "Perhaps you meant email. To add one of your own: add emial");
        assert!(hint("fax").starts_with("The channels are email, sms"));
        for word in ["", "  ", &"x".repeat(100), "\u{435}mail"] {
            assert_eq!(known(word).unwrap_err().kind, Kind::InvalidParameter, "{word}");
        }
    }
}
