//! What came back: events that senders and others tell of, once each.

use pgrx::{pg_extern, pg_sys};
use serde_json::Value;

use super::access::{Grant, StoreAccess};
use super::delivery::{no_action, optional_text, present, withheld};
use super::people;
use crate::domain::engagement::channel_word::{channel_word, channels, known_channel};
use crate::domain::engagement::event_detail::{topic as topic_of, understand};
use crate::domain::engagement::event_kind::{
    Class, DELIVERY_EVIDENCE_KINDS, ORDERED, REGISTERED, own_kind, unknown_kind,
};
use crate::domain::engagement::provider_words::{meaning, normal_form};
use crate::domain::journey::delivery;
use crate::domain::journey::engine::batch;
use crate::domain::journey::suppressions::{self, Reason};
use crate::domain::store::quote::select_call;
use crate::domain::store::{Key, Store};
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::time::instant::{DAY, Instant};
use crate::pg::ffi::arguments::Arguments;
use crate::pg::ffi::error::SqlResult;
use crate::pg::ffi::owner_code::lifted;
use crate::pg::ffi::spi::{rows_of_kept, run_kept, truth};
use crate::pg::ffi::text::jsonb_text;
use crate::pg::store::text_argument;

/// So many bytes of an id fit into the index that knows it again, whatever they are.
const LONGEST_ID: usize = 2000;

fn refused(message: impl Into<String>) -> Error {
    Error::new(Kind::InvalidParameter, message)
}

/// Refuses a text that is no key of this type.
///
/// # Errors
/// [`Kind::InvalidText`].
pub fn check_key(customer: &str, key: Key) -> Result<()> {
    let text = customer.trim();
    let fits = match key {
        Key::BigInt => text.parse::<i64>().is_ok(),
        Key::Integer => text.parse::<i32>().is_ok(),
        Key::Uuid => {
            let digits = text.chars().filter(char::is_ascii_hexdigit).count();
            digits == 32 && text.chars().all(|char| char.is_ascii_hexdigit() || "{}-".contains(char))
        }
        Key::Text => true,
    };
    if fits {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidText, format!("customer \"{}\" is not of type {}", shorten(customer), key.name()))
        .hint("Give the key of a customer, as in the store's tables."))
}

/// When it happened.
///
/// # Errors
/// [`Kind::NullNotAllowed`], and [`Kind::InvalidParameter`] if it is in the future.
pub fn instant(arguments: Arguments, number: usize) -> Result<Instant> {
    arguments.not_null(number, "at")?;
    let at = Instant::from_micros(arguments.datum(number).map_or(0, |at| at.value() as i64))?;
    if at.since(present()?) > DAY {
        return Err(refused("at is more than one day in the future").detail(format!("at is {at}.")));
    }
    Ok(at)
}

/// The words of a store's own.
struct OwnWords {
    store: String,
    words: Vec<(String, String)>,
}

impl OwnWords {
    fn of(access: &StoreAccess) -> Self {
        let rows = access.run(|| rows_of_kept(delivery::own_words(&access.store), &[]));
        let words = rows.into_iter().filter_map(|row| {
            let mut row = row.into_iter();
            Some((row.next()??, row.next()??))
        });
        OwnWords { store: access.store.name.clone(), words: words.collect() }
    }

    /// Those of these sorts.
    fn all(&self, sorts: [&str; 2]) -> Vec<String> {
        self.words.iter().filter(|(sort, _)| sorts.contains(&sort.as_str())).map(|(_, word)| word.clone()).collect()
    }

    /// The statement that adds a word to a setting.
    fn allow(&self, setting: &str, sort: &str, word: &str) -> String {
        let mut words = self.all([sort, sort]);
        words.push(word.to_owned());
        let settings = serde_json::json!({ setting: words }).to_string();
        select_call("lifecycle.configure", &[&shorten(&self.store), &settings])
    }

    /// The kind that a word of the owner's means, in the form in which a journey or the setting names it.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] if none names it.
    fn kind(&self, word: &str, channel: Option<&str>) -> Result<String> {
        let own = self.all(["event", "setting event"]);
        let normal = normal_form(word);
        let is_same = |own: &&String| **own == word.to_ascii_lowercase();
        let found = own
            .iter()
            .find(is_same)
            .or_else(|| own.iter().find(|own| normal_form(own) == normal && !normal.is_empty()));
        if let Some(found) = found {
            return own_kind(found);
        }
        if normal == REGISTERED {
            return Ok(REGISTERED.to_owned());
        }
        let allow = self.allow("event_kinds", "setting event", &word.to_ascii_lowercase());
        Err(unknown_kind(word, channel, &self.store, &own, &allow))
    }
}

/// The channel that a word means.
///
/// # Errors
/// [`Kind::InvalidParameter`] if the store knows none of that name.
pub fn channel_of(access: &StoreAccess, word: &str) -> Result<String> {
    let channel = channel_word(word);
    if channels().any(|known| known == channel) {
        return Ok(channel);
    }
    let words = OwnWords::of(access);
    known_channel(word, &words.all(["channel", "setting channel"]), |channel| {
        words.allow("channels", "setting channel", channel)
    })
}

/// (store, kind, provider_id, action, customer, at, channel, detail, topic)
// SQL: record_event(text, text, text, bigint, text, timestamptz, text, jsonb, text) boolean
#[pg_extern]
fn record_event(fcinfo: pg_sys::FunctionCallInfo) -> SqlResult<bool> {
    let store = text_argument(fcinfo, 0, "store")?;
    let word = text_argument(fcinfo, 1, "kind")?;
    if normal_form(&word) == ORDERED {
        return Err(refused("an order cannot be recorded as an event")
            .hint("Orders come from the store's table of orders: insert it there, and refresh the store.")
            .into());
    }
    let provider_id = optional_text(fcinfo, 2)?;
    if provider_id.as_deref() == Some("") {
        return Err(refused("provider_id must not be empty").hint("Leave it NULL if there is none.").into());
    }
    if let Some(id) = provider_id.as_deref().filter(|id| id.len() > LONGEST_ID) {
        return Err(refused(format!("provider_id is longer than {LONGEST_ID} bytes"))
            .detail(format!("It begins with \"{}\".", shorten(id)))
            .hint("Give the id of the event, or leave it NULL if there is none.")
            .into());
    }
    // SAFETY: the call's own arguments, of which SQL declares the last but one as jsonb.
    let (arguments, detail) = unsafe {
        let arguments = Arguments::of(fcinfo);
        (arguments, arguments.datum(7).and_then(|detail| jsonb_text(detail)))
    };
    let action = arguments.datum(3).map(|action| action.value() as i64);
    let (customer, channel, topic) = (optional_text(fcinfo, 4)?, optional_text(fcinfo, 6)?, optional_text(fcinfo, 8)?);
    let at = instant(arguments, 5)?.to_string();
    let access = StoreAccess::of_any_layout(&store, Grant::Actions)?;
    let id = action.map(|action| action.to_string());
    let channel = channel.map(|channel| channel_of(&access, &channel)).transpose()?;
    let (customer, channel) = match (action, customer) {
        (Some(action), None) => {
            let query = delivery::action(&access.store, access.layout);
            let row = access.run(|| rows_of_kept(query, &[id.as_deref()])).into_iter().next();
            let mut row = row.ok_or_else(|| no_action(&store, action))?.into_iter();
            let (customer, own) = (row.next().flatten(), row.next().flatten());
            if row.next().flatten().as_deref() == Some("t") {
                return Err(withheld(&store).into());
            }
            // Of a customer who was forgotten nothing is written down; the provider that tells of it late has done nothing wrong.
            if row.next().flatten().as_deref() == Some("t") {
                return Ok(false);
            }
            let own = own.map(|own| channel_word(&own));
            if channel.is_some() && channel != own {
                let own = own.unwrap_or_default();
                return Err(refused(format!("action {action} was for channel \"{}\"", shorten(&own)))
                    .hint("Leave the channel out: the action has one.")
                    .into());
            }
            (customer.unwrap_or_default(), own)
        }
        (None, Some(customer)) => {
            check_key(&customer, access.store.key)?;
            (customer, channel)
        }
        _ => {
            return Err(refused("either the action or the customer must be given, and not both")
                .hint("An action names its customer and its channel.")
                .into());
        }
    };
    // A number beyond those of JSON's readers makes a detail that says nothing.
    let said: Value = detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok()).unwrap_or_default();
    let (kind, class, is_machine) = match meaning(&word, channel.as_deref()) {
        Some(meaning) => {
            let understood = understand(meaning, &said);
            (understood.kind.to_owned(), understood.class, understood.is_machine)
        }
        None => (OwnWords::of(&access).kind(&word, channel.as_deref())?, None, false),
    };
    let topic = match topic.as_deref().map(str::trim).filter(|topic| !topic.is_empty()) {
        Some(topic) => Some(topic),
        // What a service calls a topic is one if a journey names it; else the customer may well have meant all.
        None => topic_of(&said).filter(|topic| OwnWords::of(&access).all(["topic"; 2]).iter().any(|own| own == topic)),
    };
    let event = Recorded {
        customer: &customer,
        kind: &kind,
        class,
        is_machine,
        at: &at,
        action: id.as_deref(),
        channel: channel.as_deref(),
        topic,
        provider_id: provider_id.as_deref(),
        detail: detail.as_deref(),
    };
    Ok(access.run(|| event.record(&access))?)
}

/// An event whose words are understood.
struct Recorded<'a> {
    customer: &'a str,
    kind: &'a str,
    class: Option<Class>,
    is_machine: bool,
    at: &'a str,
    action: Option<&'a str>,
    channel: Option<&'a str>,
    topic: Option<&'a str>,
    provider_id: Option<&'a str>,
    detail: Option<&'a str>,
}

impl Recorded<'_> {
    /// Records it, as the owner of the store, with all that follows from it, for the customer who was kept if this one was merged; whether
    /// it is new.
    ///
    /// # Errors
    /// [`Kind::NotReady`] for a customer who is forgotten, unless the event is of an action.
    fn record(&self, access: &StoreAccess) -> Result<bool> {
        let is_current = access.has_current_layout();
        let stops = delivery::unsubscribes(self.kind) || (is_current && self.class == Some(Class::Hard));
        let lock = |customer: &str| {
            if stops {
                // What is just being decided for the customer is to be cancelled, too.
                lifted(|| rows_of_kept(batch::lock_customer(&access.store), &[Some(customer)]));
            }
        };
        if !is_current {
            lock(self.customer);
            return Ok(self.write(access, is_current, stops));
        }
        match people::customer_to_write(access, self.customer, lock) {
            Ok(customer) => Ok(Recorded { customer: &customer, ..*self }.write(access, is_current, stops)),
            Err(_) if self.action.is_some() => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn write(&self, access: &StoreAccess, is_current: bool, stops: bool) -> bool {
        let Recorded { customer, kind, at, action, channel, .. } = *self;
        let store = &access.store;
        let Some(id) = self.insert(store, is_current) else { return false };
        if action.is_some() && DELIVERY_EVIDENCE_KINDS.contains(&kind) {
            run_kept(delivery::prove(store, access.layout), &[action, Some(at)]);
        }
        if is_current {
            self.follow(store, &id);
        }
        if stops && self.topic.is_none() {
            // Nothing takes a bounce back.
            let (reason, since) = match kind {
                "unsubscribe" => (Reason::Unsubscribe, at),
                "complaint" => (Reason::Complaint, at),
                _ => (Reason::HardBounce, "infinity"),
            };
            run_kept(delivery::cancel(store, access.layout, reason), &[Some(customer), channel, Some(since)]);
        }
        true
    }

    /// The number of the new row; None if the provider's id is known.
    fn insert(&self, store: &Store, is_current: bool) -> Option<String> {
        let of_any_layout = [
            Some(self.customer),
            Some(self.kind),
            Some(self.at),
            self.action,
            self.channel,
            self.provider_id,
            self.detail,
        ];
        let rows = if is_current {
            let further = [self.class.map(Class::name), Some(truth(self.is_machine)), self.topic];
            rows_of_kept(delivery::record(store), &[&of_any_layout[..], &further[..]].concat())
        } else {
            rows_of_kept(delivery::record_of_older_layout(store), &of_any_layout)
        };
        rows.into_iter().next()?.into_iter().next()?
    }

    /// Keeps the list of suppressions, and knows the opens that came with the delivery.
    fn follow(&self, store: &Store, id: &str) {
        let Recorded { customer, kind, class, at, action, channel, topic, .. } = *self;
        let reason = match (kind, class) {
            ("unsubscribe", _) => Reason::Unsubscribe,
            ("complaint", _) => Reason::Complaint,
            ("bounce", Some(Class::Soft)) => {
                let bounced = [Some(customer), channel, Some(at), Some(id)];
                run_kept(suppressions::suppress_after_soft_bounces(store), &bounced);
                return;
            }
            ("bounce", _) => Reason::HardBounce,
            ("subscribe", _) => {
                run_kept(suppressions::subscribe(store), &[Some(customer), channel, topic, Some(at)]);
                return;
            }
            ("delivered", _) if action.is_some() => {
                run_kept(delivery::opened_at_once(store), &[action, Some(customer), Some(at)]);
                return;
            }
            _ => return,
        };
        // Only what the customer says is of a topic: an address is gone for all.
        let topic = topic.filter(|_| reason == Reason::Unsubscribe);
        let suppressed = [Some(customer), channel, topic, Some(reason.name()), Some(at), Some(id)];
        run_kept(suppressions::suppress(store), &suppressed);
    }
}
