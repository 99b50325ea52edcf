//! How far a reader of a feed has come: a text that the feed gives with each row, and takes with the next call.
//!
//! It says which feed it is of, so that a token of another store, of another audience, or of the same store in another database is told
//! from its own. A reader keeps it as it is.

use crate::domain::support::error::{Error, Kind, Result, shorten};

/// The place of a reader in a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Before all.
    Start,
    /// In the listed changes: after this version, or row of a log, and of that version after this customer.
    Listed {
        /// The version.
        version: i64,
        /// The customer; None after all of that version.
        customer: Option<String>,
    },
    /// On the way through all customers, after this one.
    Through {
        /// Up to which version the reader had come before; None for a reader that had nothing.
        from: Option<i64>,
        /// The version at which the way began, from which on changes are read after it.
        upto: i64,
        /// The customer.
        customer: String,
    },
}

impl Place {
    /// The token, of a feed of this identity.
    pub fn token(&self, identity: &str) -> String {
        match self {
            Place::Start => String::new(),
            Place::Listed { version, customer: None } => format!("{identity}.l.{version}"),
            Place::Listed { version, customer: Some(customer) } => format!("{identity}.c.{version}.{customer}"),
            Place::Through { from: None, upto, customer } => format!("{identity}.a.{upto}.{customer}"),
            Place::Through { from: Some(from), upto, customer } => format!("{identity}.t.{from}.{upto}.{customer}"),
        }
    }

    /// The place that a token says; None is the start. `last` is the version that the feed has come to.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for a text that no feed has given, and [`Kind::NotReady`] for a token of another feed or of a version
    /// that is yet to come.
    pub fn read(token: Option<&str>, identity: &str, last: i64) -> Result<Self> {
        let Some(token) = token else { return Ok(Place::Start) };
        let place = Self::parse(token).ok_or_else(|| no_token(token))?;
        if !token.starts_with(&format!("{identity}.")) {
            return Err(Error::new(Kind::NotReady, format!("the token \"{}\" is of another feed", shown(token)))
                .detail(
                    "It is of another store or audience, of one that was made again, or of a copy in another database.",
                )
                .hint(BEGIN_ANEW));
        }
        let furthest = match &place {
            Place::Start => 0,
            Place::Listed { version, .. } => *version,
            Place::Through { from, upto, .. } => from.unwrap_or(0).max(*upto),
        };
        if furthest > last {
            return Err(Error::new(
                Kind::NotReady,
                format!("the token \"{}\" is of version {furthest}, and the feed has come to {last}", shown(token)),
            )
            .detail("The database was set back to an earlier state.")
            .hint(BEGIN_ANEW));
        }
        Ok(place)
    }

    fn parse(token: &str) -> Option<Self> {
        let mut parts = token.splitn(3, '.');
        let (identity, sort, rest) = (parts.next()?, parts.next()?, parts.next()?);
        if identity.is_empty() || !identity.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        // As it was written: no sign, no space.
        let number = |text: &str| {
            let number: i64 = text.parse().ok()?;
            (number >= 0 && text == number.to_string()).then_some(number)
        };
        let (first, after) = rest.split_once('.').map_or((rest, None), |(first, after)| (first, Some(after)));
        let first = number(first)?;
        match (sort, after) {
            ("l", None) => Some(Place::Listed { version: first, customer: None }),
            ("c", Some(customer)) => Some(Place::Listed { version: first, customer: Some(customer.to_owned()) }),
            ("a", Some(customer)) => Some(Place::Through { from: None, upto: first, customer: customer.to_owned() }),
            ("t", Some(after)) => {
                let (upto, customer) = after.split_once('.')?;
                Some(Place::Through { from: Some(first), upto: number(upto)?, customer: customer.to_owned() })
            }
            _ => None,
        }
    }
}

/// A token without the key of a customer that it may end in: errors come into logs.
fn shown(token: &str) -> String {
    shorten(&token.splitn(4, '.').take(3).collect::<Vec<_>>().join("."))
}

/// What to do with a token that does not serve.
const BEGIN_ANEW: &str =
    "Begin anew: empty your copy, and call the feed with the token NULL, which gives all customers there are.";

/// The refusal of a text that no feed has given.
pub fn no_token(token: &str) -> Error {
    Error::new(Kind::InvalidParameter, format!("\"{}\" is no token of a feed", shown(token)))
        .detail("A token is a text that the feed has given as next_token, as it is.")
        .hint(BEGIN_ANEW)
}

/// The refusal of a token that is older than what the feed can still tell.
pub fn too_old(token: &str) -> Error {
    Error::new(Kind::NotReady, format!("the token \"{}\" is too old", shown(token)))
        .detail("Customers were forgotten since, and the store does not keep their keys any more.")
        .hint(BEGIN_ANEW)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FEED: &str = "0123456789abcdef";

    fn places() -> impl Strategy<Value = Place> {
        let (number, key) = (0i64..=i64::MAX, any::<String>());
        prop_oneof![
            (number.clone(), proptest::option::of(key))
                .prop_map(|(version, customer)| Place::Listed { version, customer }),
            (proptest::option::of(number.clone()), number, key).prop_map(|(from, upto, customer)| Place::Through {
                from,
                upto,
                customer
            }),
        ]
    }

    proptest! {
        #[test]
        fn a_token_reads_back_to_its_place(place in places()) {
            prop_assert_eq!(Place::read(Some(&place.token(FEED)), FEED, i64::MAX), Ok(place));
        }

        #[test]
        fn any_text_is_a_place_or_refused(text in any::<String>(), tail in "[lcat]\\.[-+0-9. a]{0,12}") {
            for token in [text, format!("{FEED}.{tail}")] {
                if let Ok(place) = Place::read(Some(&token), FEED, i64::MAX) {
                    prop_assert_eq!(place.token(FEED), token);
                }
            }
        }
    }

    #[test]
    fn tokens_of_other_feeds_and_of_the_future_are_refused() {
        let token = Place::Listed { version: 7, customer: Some("a.b".to_owned()) }.token(FEED);
        assert_eq!(Place::read(Some(&token), FEED, 6).unwrap_err().kind, Kind::NotReady);
        assert_eq!(Place::read(Some(&token), "0123456789abcde", 7).unwrap_err().kind, Kind::NotReady);
        assert_eq!(Place::read(None, FEED, 0), Ok(Place::Start));
        for garbage in
            ["", ".", "..", "x.l.1", &format!("{FEED}.l.-1"), &format!("{FEED}.t.1.x"), &format!("{FEED}.l.01")]
        {
            assert_eq!(Place::read(Some(garbage), FEED, 9).unwrap_err().kind, Kind::InvalidParameter, "{garbage}");
        }
    }
}
