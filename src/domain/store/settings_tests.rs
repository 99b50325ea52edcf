use super::*;

const LEAST: &str = r#""orders": "orders", "customer": "customer_id", "ordered_at": "ordered_at""#;

fn with(further: &str) -> Result<Settings> {
    Settings::from_json(&format!("{{{LEAST}{further}}}"))
}

#[test]
fn what_is_left_out_or_null_is_as_by_default() {
    let settings = with(r#", "grid": null, "amount": null"#).unwrap();
    let expected = Settings {
        orders: "orders".to_owned(),
        customer: "customer_id".to_owned(),
        ordered_at: "ordered_at".to_owned(),
        ..Settings::default()
    };
    assert_eq!(settings, expected);
    assert_eq!(Settings::from_json(&settings.to_json()).unwrap(), settings);
    assert_eq!(settings.reader_of("shop").as_deref(), Some("shop_reader"));
    assert_eq!(with(r#", "reader": """#).unwrap().reader_of("shop"), None);
}

#[test]
fn a_change_keeps_the_rest_and_null_goes_back_to_the_default() {
    let before = with(r#", "grid": "rfm_27", "changes": "compare", "currency": "EUR""#).unwrap();
    let after = before.changed(r#"{"grid": null, "currency": "USD"}"#).unwrap();
    assert_eq!(after, Settings { grid: "rfm_25".to_owned(), currency: Some("USD".to_owned()), ..before.clone() });
    // Another table may have to be watched in another way.
    assert_eq!(before.changed(r#"{"orders": "others"}"#).unwrap().changes, None);
    assert_eq!(
        before.changed(r#"{"orders": "others", "changes": "compare"}"#).unwrap().changes,
        Some(Changes::Compare)
    );
    assert!(before.changed(r#"{"orders": null}"#).is_err());
    let people = with(r#", "customers": "people", "customers_key": "id""#).unwrap();
    assert_eq!(people.changed(r#"{"customers": null}"#).unwrap(), with("").unwrap());
}

#[test]
fn what_is_made_of_the_same_purchases_counts_the_same() {
    let before = with(r#", "amount": "paid""#).unwrap();
    for change in [r#"{"grid": "rfm_27"}"#, r#"{"attributes": ["city"]}"#, r#"{"channel": "shop"}"#] {
        assert!(!before.counts_otherwise(&before.changed(change).unwrap()), "{change}");
    }
    for change in [r#"{"status": "paid > 0"}"#, r#"{"amount": null}"#, r#"{"customers": "people"}"#] {
        assert!(before.counts_otherwise(&before.changed(change).unwrap()), "{change}");
    }
}

#[test]
fn refusals_name_the_setting() {
    let cases = [
        (r#", "gird": "rfm_25""#, Kind::InvalidParameter, "gird"),
        (r#", "ltv_years": "three""#, Kind::InvalidParameter, "three"),
        (r#", "ltv_years": -1"#, Kind::InvalidParameter, "ltv_years"),
        (r#", "changes": "magic""#, Kind::InvalidParameter, "magic"),
        (r#", "changes": "column""#, Kind::InvalidParameter, "changed_at"),
        (r#", "events": "e""#, Kind::InvalidParameter, "happened_at"),
        (r#", "events": "e", "happened_at": "at""#, Kind::InvalidParameter, "kind"),
        (r#", "kind": "k""#, Kind::InvalidParameter, "events"),
        (r#", "consented_at": "c""#, Kind::InvalidParameter, "customers"),
        (r#", "model": "nbd/nbd""#, Kind::InvalidParameter, "nbd/nbd"),
        (r#", "lapsed_after": 1"#, Kind::InvalidParameter, "lapsed_after"),
        (r#", "margin": 2"#, Kind::InvalidParameter, "margin"),
        (r#", "max_shrink": 30"#, Kind::InvalidParameter, "max_shrink"),
        (r#", "newcomer_within": 7"#, Kind::InvalidParameter, "newcomer_within"),
    ];
    for (further, kind, named) in cases {
        let error = with(further).unwrap_err();
        let text = format!("{} {}", error.message, error.detail.clone().unwrap_or_default());
        assert_eq!(error.kind, kind, "{further}");
        assert!(text.contains(named), "{further}: {text}");
    }
    assert_eq!(Settings::from_json("{}").unwrap_err().kind, Kind::NullNotAllowed);
    assert_eq!(Settings::from_json("[1]").unwrap_err().kind, Kind::InvalidParameter);
}

#[test]
fn names_that_cannot_be_schemas_are_refused() {
    for name in ["", "pg_shop", "lifecycle", "information_schema", &"x".repeat(LONGEST_NAME + 1)] {
        assert_eq!(check_name(name).unwrap_err().kind, Kind::InvalidName, "{name}");
    }
    for name in ["shop", r#"or'ders"; drop"#, &"x".repeat(LONGEST_NAME)] {
        check_name(name).unwrap();
    }
}
