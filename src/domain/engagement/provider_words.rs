//! The words by which mail and message services call what happened to a message, and what each means.
//!
//! One table. A word is compared in its normal form: small letters and digits alone, so that case, spaces, dots, dashes, underscores and
//! camel case make no difference, and without a word such as `email.` before it. Details of an event say more of some words:
//! [`event_detail`](super::event_detail).
//!
//! Sources: the webhook references of SendGrid (Event Webhook), Mailgun (Tracking Messages), Postmark (Bounce API, Webhooks), Amazon SES
//! (Event publishing), Mailjet (Event API), Brevo (Transactional webhooks), Mandrill (Message webhooks), SparkPost (Event types),
//! Resend (Event types) and Twilio (Message status, Advanced Opt-Out); RFC 8058, RFC 5965.

use super::event_kind::Class;

/// What a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The message was sent.
    Sent,
    /// The message arrived.
    Delivered,
    /// The customer opened it.
    Open,
    /// A machine opened it.
    MachineOpen,
    /// The customer followed a link.
    Click,
    /// The customer came to the web site, the app or the store.
    Visit,
    /// The customer answered.
    Reply,
    /// The customer recommended us.
    Referral,
    /// The message did not arrive: for good or for now, or as the detail says.
    Bounce(Option<Class>),
    /// The provider did not send it: why, the detail says.
    Dropped,
    /// The customer called it unwanted.
    Complaint,
    /// The customer wants no more messages.
    Unsubscribe,
    /// The customer wants messages again.
    Subscribe,
    /// The detail says whether the customer wants messages.
    Subscription,
    /// It is under way, or did not go out for a reason that says nothing of the address: kept, without effect.
    Deferred,
}

impl Meaning {
    /// The kind under which it is kept, where no detail says otherwise.
    pub const fn kind(self) -> &'static str {
        match self {
            Meaning::Sent => "sent",
            Meaning::Delivered => "delivered",
            Meaning::Open | Meaning::MachineOpen => "open",
            Meaning::Click => "click",
            Meaning::Visit => "visit",
            Meaning::Reply => "reply",
            Meaning::Referral => "referral",
            Meaning::Bounce(_) | Meaning::Dropped => "bounce",
            Meaning::Complaint => "complaint",
            Meaning::Unsubscribe | Meaning::Subscription => "unsubscribe",
            Meaning::Subscribe => "subscribe",
            Meaning::Deferred => "deferred",
        }
    }
}

/// A word: its normal form, what it means, the providers that use it, and whether it means that on channel sms alone.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// The normal form.
    pub word: &'static str,
    /// What it means.
    pub meaning: Meaning,
    /// The services that use it; `(any)` for words of this product, in the present and the past.
    pub used_by: &'static str,
    /// Whether it means that on channel sms alone.
    pub is_of_sms: bool,
}

const fn word(word: &'static str, meaning: Meaning, used_by: &'static str) -> Word {
    Word { word, meaning, used_by, is_of_sms: false }
}

const fn of_sms(word: &'static str, meaning: Meaning, used_by: &'static str) -> Word {
    Word { word, meaning, used_by, is_of_sms: true }
}

const HARD: Meaning = Meaning::Bounce(Some(Class::Hard));
const SOFT: Meaning = Meaning::Bounce(Some(Class::Soft));
const BOUNCE: Meaning = Meaning::Bounce(None);

/// All words.
pub const WORDS: [Word; 142] = {
    use Meaning::*;
    [
        word("sent", Sent, "(any), Mailjet, Brevo, Resend, Twilio"),
        word("send", Sent, "SES, Mandrill"),
        word("delivered", Delivered, "(any), SendGrid, Mailgun, Brevo, Mandrill, Resend, Twilio"),
        word("delivery", Delivered, "Postmark, SES, SparkPost"),
        word("open", Open, "(any), SendGrid, Postmark, SES, Mailjet, Mandrill, SparkPost"),
        word("opened", Open, "(any), Mailgun, Brevo, Resend"),
        word("opens", Open, "Brevo"),
        word("firstopen", Open, "Postmark"),
        word("initialopen", Open, "SparkPost"),
        word("ampopen", Open, "SparkPost"),
        word("ampinitialopen", Open, "SparkPost"),
        word("uniqueopened", Open, "Brevo"),
        word("read", Open, "Twilio"),
        word("proxyopen", MachineOpen, "Brevo"),
        word("uniqueproxyopen", MachineOpen, "Brevo"),
        word("loadedbyproxy", MachineOpen, "Brevo"),
        word("machineopen", MachineOpen, "SendGrid"),
        word("click", Click, "(any), SendGrid, Postmark, SES, Mailjet, Brevo, Mandrill, SparkPost"),
        word("clicked", Click, "(any), Mailgun, Resend"),
        word("clicks", Click, "Brevo"),
        word("ampclick", Click, "SparkPost"),
        word("visit", Visit, "(any)"),
        word("visited", Visit, "(any)"),
        word("reply", Reply, "(any)"),
        word("replied", Reply, "(any)"),
        word("inbound", Reply, "Postmark, Mandrill"),
        word("received", Reply, "Resend, Twilio"),
        word("receiving", Reply, "Twilio"),
        of_sms("help", Reply, "Twilio"),
        of_sms("info", Reply, "Twilio"),
        word("referral", Referral, "(any)"),
        word("referred", Referral, "(any)"),
        word("bounce", BOUNCE, "(any), SendGrid, Postmark, SES, Mailjet, SparkPost"),
        word("bounced", BOUNCE, "(any), Mailgun, Resend"),
        word("bounces", BOUNCE, "SendGrid"),
        word("outofband", BOUNCE, "SparkPost"),
        word("failed", BOUNCE, "Mailgun, Twilio"),
        word("undelivered", BOUNCE, "Twilio"),
        word("hardbounce", HARD, "Postmark, Brevo, Mandrill"),
        word("hardbounces", HARD, "Brevo"),
        word("hardbounced", HARD, "Mailjet"),
        word("permanent", HARD, "SES"),
        word("permanentfail", HARD, "Mailgun"),
        word("permanentfailure", HARD, "Mailgun"),
        word("bademailaddress", HARD, "Postmark"),
        word("invalid", HARD, "Brevo"),
        word("invalidemail", HARD, "Brevo"),
        word("blocked", BOUNCE, "SendGrid, Postmark, Mailjet, Brevo"),
        word("emailsuppressed", HARD, "Resend"),
        word("undeliverable", HARD, "(any)"),
        word("softbounce", SOFT, "Postmark, Brevo, Mandrill"),
        word("softbounces", SOFT, "Brevo"),
        word("softbounced", SOFT, "Mailjet"),
        word("transient", SOFT, "Postmark, SES"),
        word("temporaryfail", SOFT, "Mailgun"),
        word("temporaryfailure", SOFT, "Mailgun"),
        word("dnserror", SOFT, "Postmark"),
        word("dmarcpolicy", SOFT, "Postmark"),
        word("dropped", Dropped, "SendGrid, Mailgun"),
        word("drop", Dropped, "SendGrid"),
        word("reject", Dropped, "Mandrill"),
        word("complaint", Complaint, "(any), SES, Brevo"),
        word("complained", Complaint, "(any), Mailgun, Resend"),
        word("complain", Complaint, "(any)"),
        word("complaints", Complaint, "Mailgun"),
        word("spam", Complaint, "Mailjet, Brevo, Mandrill"),
        word("spamreport", Complaint, "SendGrid"),
        word("spamreports", Complaint, "SendGrid"),
        word("spamcomplaint", Complaint, "Postmark, SparkPost"),
        word("spamcomplaints", Complaint, "Postmark"),
        word("spamnotification", Complaint, "Postmark"),
        word("markedasspam", Complaint, "Brevo"),
        word("abuse", Complaint, "RFC 5965"),
        word("feedbackloop", Complaint, "RFC 5965"),
        word("fbl", Complaint, "RFC 5965"),
        word("unsubscribe", Unsubscribe, "(any), SendGrid, Postmark, Twilio"),
        word("unsubscribed", Unsubscribe, "(any), Mailgun, Brevo"),
        word("unsubscribes", Unsubscribe, "SendGrid"),
        word("unsub", Unsubscribe, "Mailjet, Mandrill"),
        word("groupunsubscribe", Unsubscribe, "SendGrid"),
        word("listunsubscribe", Unsubscribe, "SparkPost, RFC 8058"),
        word("linkunsubscribe", Unsubscribe, "SparkPost"),
        word("oneclick", Unsubscribe, "RFC 8058"),
        word("oneclickunsubscribe", Unsubscribe, "RFC 8058"),
        word("listunsubscribeoneclick", Unsubscribe, "RFC 8058"),
        word("manualsuppression", Unsubscribe, "Postmark"),
        word("stop", Unsubscribe, "Twilio"),
        word("stopall", Unsubscribe, "Twilio"),
        word("revoke", Unsubscribe, "Twilio"),
        word("optout", Unsubscribe, "Twilio"),
        word("optedout", Unsubscribe, "Twilio"),
        word("arret", Unsubscribe, "Twilio (French)"),
        word("arrêt", Unsubscribe, "Twilio (French)"),
        word("baja", Unsubscribe, "Twilio (Spanish)"),
        word("alto", Unsubscribe, "Twilio (Spanish)"),
        word("parar", Unsubscribe, "Twilio (Spanish, Portuguese)"),
        word("sair", Unsubscribe, "Twilio (Portuguese)"),
        word("stopp", Unsubscribe, "Twilio (German, Swedish)"),
        of_sms("cancel", Unsubscribe, "Twilio"),
        of_sms("end", Unsubscribe, "Twilio"),
        of_sms("quit", Unsubscribe, "Twilio"),
        word("subscribe", Subscribe, "(any), Postmark"),
        word("subscribed", Subscribe, "(any)"),
        word("resubscribe", Subscribe, "(any)"),
        word("resubscribed", Subscribe, "(any)"),
        word("groupresubscribe", Subscribe, "SendGrid"),
        word("optin", Subscribe, "Twilio"),
        word("optedin", Subscribe, "Twilio"),
        word("unstop", Subscribe, "Twilio"),
        of_sms("start", Subscribe, "Twilio"),
        of_sms("yes", Subscribe, "Twilio"),
        word("subscriptionchange", Subscription, "Postmark"),
        word("subscription", Subscription, "SES"),
        word("deferred", Deferred, "SendGrid, Brevo"),
        word("deferral", Deferred, "Mandrill"),
        word("delay", Deferred, "SparkPost"),
        word("delayed", Deferred, "SparkPost"),
        word("deliverydelay", Deferred, "SES"),
        word("deliverydelayed", Deferred, "Resend"),
        word("processed", Deferred, "SendGrid"),
        word("accepted", Deferred, "Mailgun, Twilio"),
        word("stored", Deferred, "Mailgun"),
        word("rejected", Deferred, "Mailgun"),
        word("renderingfailure", Deferred, "SES"),
        word("request", Deferred, "Brevo"),
        word("requests", Deferred, "Brevo"),
        word("error", Deferred, "Brevo"),
        word("injection", Deferred, "SparkPost"),
        word("policyrejection", Deferred, "SparkPost"),
        word("generationfailure", Deferred, "SparkPost"),
        word("generationrejection", Deferred, "SparkPost"),
        word("scheduled", Deferred, "Resend, Twilio"),
        word("emailfailed", Deferred, "Resend"),
        word("queued", Deferred, "Mandrill, Twilio"),
        word("sending", Deferred, "Twilio"),
        word("canceled", Deferred, "Twilio"),
        word("autoresponder", Deferred, "Postmark"),
        word("addresschange", Deferred, "Postmark"),
        word("challengeverification", Deferred, "Postmark"),
        word("virusnotification", Deferred, "Postmark"),
        word("smtpapierror", Deferred, "Postmark"),
        word("templaterenderingfailed", Deferred, "Postmark"),
    ]
};

/// What services put before a word.
const BEFORE: [&str; 3] = ["email", "sms", "message"];

/// A word of more bytes is none.
const LONGEST: usize = 63;

/// The normal form of a word: small letters and digits.
pub fn normal_form(word: &str) -> String {
    if word.len() > 2 * LONGEST {
        return String::new();
    }
    word.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words that count on a channel.
pub fn words_on(channel: Option<&str>) -> impl Iterator<Item = &'static Word> {
    let is_sms = channel == Some("sms");
    WORDS.iter().filter(move |word| is_sms || !word.is_of_sms)
}

/// What a word means on a channel; None if no service uses it.
pub fn meaning(word: &str, channel: Option<&str>) -> Option<Meaning> {
    let normal = normal_form(word);
    let find = |form: &str| words_on(channel).find(|one| one.word == form).map(|one| one.meaning);
    find(&normal).or_else(|| BEFORE.iter().filter_map(|before| normal.strip_prefix(before)).find_map(find))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_there_once_and_in_its_normal_form() {
        for (i, one) in WORDS.iter().enumerate() {
            assert_eq!(normal_form(one.word), one.word);
            assert!(WORDS[..i].iter().all(|other| other.word != one.word), "{} twice", one.word);
            assert!(!one.used_by.is_empty());
        }
    }

    #[test]
    fn the_page_lists_all_words() {
        let page = include_str!("../../../docs/journeys/events.md");
        let means = |meaning: Meaning| match meaning {
            Meaning::MachineOpen => "open, by a machine",
            Meaning::Bounce(Some(Class::Hard)) => "bounce, hard",
            Meaning::Bounce(Some(Class::Soft)) => "bounce, soft",
            Meaning::Bounce(None) => "bounce, hard or soft by the detail",
            Meaning::Dropped => "as the reason in the detail says",
            Meaning::Subscription => "subscribe or unsubscribe by the detail",
            meaning => meaning.kind(),
        };
        for Word { word, meaning, used_by, is_of_sms } in WORDS {
            let on = if is_of_sms { "sms" } else { "any channel" };
            let row = format!("| `{word}` | {on} | {} | {used_by} |\n", means(meaning));
            assert!(page.contains(&row), "{row}");
        }
        assert_eq!(page.lines().filter(|line| line.starts_with("| `")).count(), WORDS.len());
    }

    #[test]
    fn case_and_separators_make_no_difference() {
        for word in [
            "spamreport",
            "SpamReport",
            "spam report",
            "SPAM_REPORT",
            "spam-report",
            "spam.report",
            "email.spam_report",
        ] {
            assert_eq!(meaning(word, None), Some(Meaning::Complaint), "{word}");
        }
        for word in
            ["List-Unsubscribe=One-Click", "one_click", "STOP", "ARRÊT", "arre\u{302}t", "unsub", "list_unsubscribe"]
        {
            assert_eq!(meaning(word, None), Some(Meaning::Unsubscribe), "{word}");
        }
        assert_eq!(meaning("email.delivery_delayed", None), Some(Meaning::Deferred));
        assert_eq!(meaning("email.bounced", Some("email")), Some(Meaning::Bounce(None)));
        assert_eq!(meaning("Rendering Failure", None), Some(Meaning::Deferred));
    }

    #[test]
    fn words_of_telephones_count_there_alone() {
        for (word, expected) in [
            ("CANCEL", Meaning::Unsubscribe),
            ("End", Meaning::Unsubscribe),
            ("quit", Meaning::Unsubscribe),
            ("YES", Meaning::Subscribe),
            ("start", Meaning::Subscribe),
        ] {
            assert_eq!(meaning(word, Some("sms")), Some(expected), "{word}");
            assert_eq!(meaning(word, Some("email")), None, "{word}");
            assert_eq!(meaning(word, None), None, "{word}");
        }
    }

    #[test]
    fn what_no_service_says_means_nothing() {
        for word in ["", "email", "trial_ended", "\u{441}lick", "spamrep0rt", "нажал", &"x".repeat(1_000_000)] {
            assert_eq!(meaning(word, None), None, "{}", word.len());
        }
    }
}
