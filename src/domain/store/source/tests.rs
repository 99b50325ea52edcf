use super::*;

fn column(name: &str, base_type: &str) -> Column {
    Column {
        name: name.to_owned(),
        base_type: base_type.to_owned(),
        sql_type: base_type.to_owned(),
        carried_type: base_type.to_owned(),
        is_text: base_type == "text",
        is_whole: false,
        computed: None,
    }
}

fn table(name: &str, key: &str) -> Relation {
    Relation {
        oid: "1".to_owned(),
        schema: "public".to_owned(),
        name: name.to_owned(),
        kind: "r".to_owned(),
        is_temporary: false,
        columns: vec![
            column("customer_id", key),
            column("ordered_at", "timestamp with time zone"),
            column("total", "numeric"),
            column("status", "text"),
            column("updated_at", "timestamp with time zone"),
        ],
        is_own: true,
        has_foreign_part: false,
        is_subscribed: false,
        is_hypertable: false,
        indexed: Vec::new(),
        has_index_on_expression: false,
        unique: Vec::new(),
    }
}

fn told(further: &str) -> Settings {
    let least = r#""orders": "orders", "customer": "customer_id", "ordered_at": "ordered_at""#;
    Settings::from_json(&format!("{{{least}{further}}}")).unwrap()
}

fn of(orders: Relation) -> Sources {
    Sources { orders, customers: None, events: None, refunds: None, consents: None, rates: None }
}

#[test]
fn the_way_to_find_changes_is_the_best_that_the_table_allows() {
    let chosen = |settings: Settings, orders: Relation| resolve(settings, &of(orders)).map(|it| it.settings.changes);
    let local = || table("orders", "bigint");
    assert_eq!(chosen(told(""), local()).unwrap(), Some(Changes::Triggers));
    assert_eq!(chosen(told(r#", "changed_at": "updated_at""#), local()).unwrap(), Some(Changes::Column));
    let others = [
        Relation { kind: "v".to_owned(), ..local() },
        Relation { kind: "f".to_owned(), ..local() },
        Relation { has_foreign_part: true, ..local() },
        Relation { is_subscribed: true, ..local() },
        Relation { is_hypertable: true, ..local() },
        Relation { is_own: false, ..local() },
    ];
    for other in others {
        assert_eq!(chosen(told(""), other.clone()).unwrap(), Some(Changes::Compare));
        let kind = if other.is_own { Kind::NotSupported } else { Kind::NotAllowed };
        let error = chosen(told(r#", "changes": "triggers""#), other).unwrap_err();
        assert_eq!(error.kind, kind, "{error:?}");
        assert!(error.detail.is_some() && error.hint.is_some());
    }
}

#[test]
fn a_column_that_is_not_there_is_named_with_those_that_are() {
    let error = resolve(told(r#", "amount": "totl""#), &of(table("orders", "bigint"))).unwrap_err();
    assert_eq!(error.kind, Kind::UndefinedColumn);
    assert_eq!(error.message, r#"column "totl" of "public.orders" does not exist (amount)"#);
    assert!(error.detail.unwrap().contains("total, status"));
    assert_eq!(error.hint.unwrap(), "Perhaps you meant amount => 'total'.");
    let error = resolve(told(r#", "amount": "x""#), &of(table("orders", "bigint"))).unwrap_err();
    assert_eq!(error.hint, None);
}

#[test]
fn a_column_may_be_written_in_quotes() {
    let mut orders = table("orders", "bigint");
    orders.columns.extend([
        column("CustomerID", "bigint"),
        column("Net \"Total\"", "numeric"),
        column("\"x\"", "text"),
    ]);
    orders.columns.push(column("x", "text"));
    let json = r#"{"orders": "orders", "customer": "\"CustomerID\"", "ordered_at": "\"ordered_at\"",
        "amount": "\"Net \"\"Total\"\"\"", "channel": "\"x\"", "attributes": ["\"status\""]}"#;
    let settings = resolve(Settings::from_json(json).unwrap(), &of(orders)).unwrap().settings;
    assert_eq!((settings.customer.as_str(), settings.ordered_at.as_str()), ("CustomerID", "ordered_at"));
    assert_eq!(settings.amount.as_deref(), Some("Net \"Total\""));
    // The one that is called so comes first.
    assert_eq!(settings.channel.as_deref(), Some("\"x\""));
    assert_eq!(settings.attributes, ["status"]);
}

#[test]
fn what_is_no_name_gets_a_hint_by_what_it_is() {
    let mut orders = table("orders", "bigint");
    orders.columns.extend(["CustomerID", "Größe", "tenant"].map(|name| column(name, "text")));
    let hint = |setting: &str, text: &str| orders.column(setting, text).unwrap_err().hint.unwrap_or_default();
    assert_eq!(hint("customer", "customerid"), "Perhaps you meant customer => 'CustomerID'.");
    assert_eq!(hint("customer", "\"customerid\""), "Perhaps you meant customer => 'CustomerID'.");
    assert_eq!(hint("customer", "o.CustomerID"), "Perhaps you meant customer => 'CustomerID'.");
    assert_eq!(hint("customer", "customer-id"), "Perhaps you meant customer => 'CustomerID'.");
    assert_eq!(hint("channel", "größe"), r"Perhaps you meant channel => E'Gr\U000000f6\U000000dfe'.");
    assert_eq!(
        hint("customer", "CustomerID::bigint"),
        "customer takes the name of a column, not an expression. Add a generated column: ALTER TABLE public.orders ADD COLUMN \
         customer_of_row bigint GENERATED ALWAYS AS (\"CustomerID\"::bigint) STORED. Or attach a view: CREATE VIEW ... AS SELECT *, \
         \"CustomerID\"::bigint AS customer_of_row FROM public.orders"
    );
    assert_eq!(
        hint("ordered_at", "placed::timestamp"),
        "ordered_at takes the name of a column, not an expression. Attach a view: CREATE VIEW ... AS SELECT *, \
         placed::timestamp AS ordered_at_of_row FROM public.orders"
    );
    assert!(
        hint("amount", "\"Quantity\" * \"UnitPrice\"")
            .contains("numeric GENERATED ALWAYS AS (\"Quantity\" * \"UnitPrice\") STORED")
    );
    assert!(hint("amount", "total - 1000000").contains("GENERATED ALWAYS AS (total - 1000000)"));
    for list in ["tenant, customer_id", "(tenant, \"customer_id\")"] {
        assert!(
            hint("customer", list)
                .contains("text GENERATED ALWAYS AS (tenant::text || '/' || customer_id::text) STORED")
        );
    }
    assert!(hint("customer", "doc->>'customer'").contains("(doc->>'customer') STORED"));
    assert!(hint("amount", &"1 + ".repeat(50)).contains("GENERATED ALWAYS AS (...) STORED"));
    assert!(!hint("amount", &format!("{}é", "(".repeat(79))).contains('é'));
    for none in ["x", "", "\"nothing of the kind\""] {
        assert_eq!(hint("amount", none), "", "{none}");
    }
    assert_eq!(
        orders.with_quotes("CustomerID || 'CustomerID' || \"CustomerID\" || größe"),
        "\"CustomerID\" || 'CustomerID' || \"CustomerID\" || größe"
    );
    let view = Relation { kind: "v".to_owned(), ..orders.clone() };
    assert!(!view.column("amount", "total / 100").unwrap_err().hint.unwrap().contains("ALTER"));
}

#[test]
fn types_that_do_not_serve_are_refused() {
    let refused = |settings: Settings, key: &str| resolve(settings, &of(table("orders", key))).unwrap_err().kind;
    assert_eq!(refused(told(""), "numeric"), Kind::WrongType);
    assert_eq!(refused(told(r#", "amount": "updated_at""#), "uuid"), Kind::WrongType);
    assert_eq!(refused(told(r#", "changed_at": "status""#), "uuid"), Kind::WrongType);
    assert_eq!(refused(told(r#", "attributes": ["status", "status"]"#), "text"), Kind::InvalidParameter);
}

#[test]
fn keys_of_several_tables_have_one_type() {
    let keys = |orders: &str, customers: &str| {
        let settings = told(r#", "customers": "customers""#);
        let sources = Sources {
            orders: table("orders", orders),
            customers: Some(table("customers", customers)),
            events: None,
            refunds: None,
            consents: None,
            rates: None,
        };
        resolve(settings, &sources).map(|resolved| resolved.key)
    };
    assert_eq!(keys("integer", "integer").unwrap(), Key::Integer);
    assert_eq!(keys("integer", "bigint").unwrap(), Key::BigInt);
    assert_eq!(keys("text", "character varying").unwrap(), Key::Text);
    assert_eq!(keys("text", "uuid").unwrap_err().kind, Kind::WrongType);
}
