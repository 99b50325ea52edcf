//! Why a customer may not be written to: the list of suppressions, and what the store's own table of events says.

use super::context::RunContext;
use crate::domain::journey::definition::Act;
use crate::domain::journey::suppressions::{Message, Reason, objection_of, stops, taken_back};
use crate::domain::support::sql::{Sql, expression, sql};

/// Why nothing may be sent to a customer on a channel at the instant of the run, as an expression: NULL if nothing stands against it, or
/// else one of the objections of [`Reason`], such as `hard bounce`.
///
/// A topic is that of the message; an unsubscription from another topic does not stop it. A transactional message is stopped by bounces
/// and by the owner alone, not by what the customer has said. Where the store has a table of events, the expression reads the row
/// `history` of the customer.
pub fn objection(
    context: &RunContext,
    customer: impl Into<Sql>,
    channel: &str,
    topic: Option<&str>,
    is_transactional: bool,
) -> Sql {
    let (customer, channel, now) = (customer.into(), Sql::text(channel), context.now());
    let topic = topic.map_or("NULL::text".into(), Sql::text);
    let message = Message { channel: &channel, topic: &topic, at: &now };
    let events = context.table("event");
    let mut stops = stops(&events, &message);
    if is_transactional {
        let against = Reason::ALL.into_iter().filter(|reason| !reason.is_word_of_customer());
        let against = Sql::list(against.map(|reason| Sql::literal(reason.name())));
        stops = expression!((), "{stops} AND suppression.reason IN ({against})", stops = stops, against = against);
    }
    let has_events = context.store.settings.events.is_some();
    if has_events && !is_transactional {
        stops = sql!(
            context,
            "sql/objection/not_taken_back_in_history.sql",
            stops = stops,
            until = context.if_event_known(&now),
            channel = &channel
        );
    }
    let suppressed = sql!(
        context,
        "sql/objection/suppressed.sql",
        objection = objection_of(&"suppression.reason".into()),
        customer = &customer,
        stops = stops
    );
    if !has_events {
        return suppressed;
    }
    let said = |said_at: &'static str| {
        expression!(
            (),
            "(heard.{said_at} >= COALESCE(heard.back_at, '-infinity') AND NOT {taken_back})",
            said_at = said_at,
            taken_back = taken_back(&events, &message, &customer, &expression!((), "heard.{at}", at = said_at))
        )
    };
    let mut heard = vec![("heard.has_bounced".into(), Sql::literal(Reason::HardBounce.objection()))];
    if !is_transactional {
        heard.push((said("complained_at"), Sql::literal(Reason::Complaint.objection())));
        heard.push((said("unsubscribed_at"), Sql::literal(Reason::Unsubscribe.objection())));
    }
    sql!(
        context,
        "sql/objection/suppressed_or_heard.sql",
        suppressed = suppressed,
        heard = Sql::case(heard, "NULL".into()),
        until = context.if_event_known(&now),
        channel = &channel
    )
}

// ---- consent -------------------------------------------------------------------------------------------------------

/// Why a customer may not get what a step sends, at this instant; NULL where nothing is against it.
pub fn refusal(context: &RunContext, customer: &'static str, act: &Act) -> Sql {
    let objection = objection(context, customer, &act.channel, act.topic.as_deref(), act.is_transactional);
    if act.is_transactional || !context.requires_consent() {
        return objection;
    }
    let no_consent = expression!(
        (),
        "CASE WHEN NOT {has_consented} THEN 'no consent'::pg_catalog.text END",
        has_consented = has_consented(context, customer, &act.channel)
    );
    expression!((), "COALESCE({objection}, {no_consent})", objection = objection, no_consent = no_consent)
}

/// Whether a customer has agreed to messages by this way, and not taken it back since: as the store's customers say, or as was recorded.
fn has_consented(context: &RunContext, customer: &'static str, channel: &str) -> Sql {
    let recorded = expression!(context, "{data.consent}");
    let said = match context.store.settings.consents {
        None => recorded,
        Some(_) => {
            let of_merged = match context.store.people.has_merged {
                true => sql!(context, "sql/objection/consents_of_merged.sql"),
                false => Sql::default(),
            };
            sql!(context, "sql/objection/consents.sql", of_merged = of_merged)
        }
    };
    let last = |at: &'static str| {
        expression!(
            context,
            "(SELECT max(consent.{at}) FROM {said} AS consent
                WHERE consent.customer = {customer} AND consent.{at} <= {now} AND (consent.channel IS NULL OR consent.channel = {channel}))",
            at = at,
            said = said.clone(),
            customer = customer,
            channel = Sql::text(channel)
        )
    };
    expression!(
        context,
        "COALESCE(GREATEST(CASE WHEN profile.consented_at <= {now} THEN profile.consented_at END, {given})
            > COALESCE({withdrawn}, '-infinity'), false)",
        given = last("given_at"),
        withdrawn = last("withdrawn_at")
    )
}
