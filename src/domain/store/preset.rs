//! Presets: the settings with which a store reads the tables of a well-known shop, or of a tool that copies one into PostgreSQL.
//!
//! Each is a file in `presets/`, with the schema that the tool makes by default and the settings. The names of tables and columns come from
//! what the projects publish; `docs/stores/presets.md` says what each preset reads and leaves out.
//!
//! | preset | where the names stand |
//! |---|---|
//! | `shopify_fivetran` | fivetran/dbt_shopify_source, `macros/get_{order,customer,transaction}_columns.sql` |
//! | `shopify_airbyte` | airbytehq/airbyte, `source-shopify/source_shopify/schemas/{orders,order_refunds,customers}.json` |
//! | `stripe` | supabase/stripe-sync-engine (stripe/sync-engine), migrations `0002` to `0055`; Stripe, "Supported currencies" |
//! | `medusa` | medusajs/medusa 2, `packages/modules/order` `Migration20240219102530`, `packages/modules/customer` `Migration20240124154000` |
//! | `saleor` | saleor/saleor 3, `saleor/order/models.py`, `saleor/payment/models.py`, `saleor/account/models.py` |
//! | `spree` | spree/spree, `core/db/migrate/20210914000000_spree_four_three.rb` |

use serde_json::{Map, Value};

use super::quote::plain_identifier;
use super::settings::Settings;
use crate::domain::support::error::{Error, Kind, Result, shorten};
use crate::domain::support::sql::Sql;
use crate::domain::support::suggest::nearest;

/// All presets, by their names.
const PRESETS: [(&str, &str); 6] = [
    ("medusa", include_str!("presets/medusa.json")),
    ("saleor", include_str!("presets/saleor.json")),
    ("shopify_airbyte", include_str!("presets/shopify_airbyte.json")),
    ("shopify_fivetran", include_str!("presets/shopify_fivetran.json")),
    ("spree", include_str!("presets/spree.json")),
    ("stripe", include_str!("presets/stripe.json")),
];

/// The settings that name a relation.
const RELATIONS: [&str; 6] = ["orders", "customers", "events", "refunds", "consents", "rates"];

/// What stands in a preset for the schema of the tables.
const PLACE_OF_SCHEMA: &str = "{schema}";

/// A preset whose tables are in a schema that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// The schema of the tables.
    pub schema: String,
    settings: Map<String, Value>,
}

impl Preset {
    /// The preset of this name, with its tables in this schema, or in the one that the tool makes by default.
    ///
    /// # Errors
    /// [`Kind::InvalidParameter`] for a name that no preset has, [`Kind::InvalidName`] for a schema without a name.
    pub fn named(name: &str, schema: Option<&str>) -> Result<Self> {
        let Some((name, text)) = PRESETS.into_iter().find(|(known, _)| *known == name) else {
            return Err(unknown(name));
        };
        if schema == Some("") {
            return Err(Error::new(Kind::InvalidName, "the name of the schema is empty (schema)")
                .hint("Leave schema out for the schema that the tool makes by default."));
        }
        let malformed =
            |error: serde_json::Error| Error::new(Kind::InvalidParameter, format!("preset {name}: {error}"));
        let mut file: Map<String, Value> = serde_json::from_str(text).map_err(malformed)?;
        let by_default = file.get("schema").and_then(Value::as_str).unwrap_or("public").to_owned();
        let schema = schema.map_or(by_default, str::to_owned);
        let mut settings = match file.remove("settings") {
            Some(Value::Object(settings)) => settings,
            _ => Map::new(),
        };
        for (setting, value) in &mut settings {
            // A setting that names a relation is read by the server as a name, and the others as SQL, where a keyword needs quotes.
            let written = match RELATIONS.contains(&setting.as_str()) {
                true => plain_identifier(&schema),
                false => Sql::identifier(&schema).to_string(),
            };
            if let Value::String(text) = value {
                *text = text.replace(PLACE_OF_SCHEMA, &written);
            }
        }
        Ok(Preset { name, schema, settings })
    }

    /// The settings, as `lifecycle.attach` takes them.
    pub fn to_json(&self) -> String {
        Value::Object(self.settings.clone()).to_string()
    }

    /// The same with some changed, as `lifecycle.configure` changes those of a store: null takes a setting out, and with a relation its
    /// columns.
    ///
    /// # Errors
    /// As [`Settings::from_json`].
    pub fn changed(&self, json: &str) -> Result<Settings> {
        Settings::from_json(&self.to_json())?.changed(json)
    }

    /// The relations that the preset names and these settings have left as they are: the setting, and the name.
    pub fn relations_in(&self, settings: &Settings) -> Vec<(&'static str, String)> {
        let now = [
            Some(&settings.orders),
            settings.customers.as_ref(),
            settings.events.as_ref(),
            settings.refunds.as_ref(),
            settings.consents.as_ref(),
            settings.rates.as_ref(),
        ];
        let of_preset = |setting: &str| self.settings.get(setting).and_then(Value::as_str);
        RELATIONS
            .into_iter()
            .zip(now)
            .filter_map(|(setting, now)| {
                now.filter(|now| of_preset(setting) == Some(now.as_str())).map(|now| (setting, now.clone()))
            })
            .collect()
    }

    /// The refusal of a relation that does not exist.
    pub fn missing(&self, setting: &str, relation: &str) -> Error {
        let elsewhere = "If the shop's tables are in another schema, name it: schema => 'its name'.";
        let error = Error::new(
            Kind::UndefinedTable,
            format!("relation \"{}\" of preset {} does not exist ({setting})", shorten(relation), self.name),
        )
        .detail(format!("The preset looks for its tables in schema {}.", shorten(&self.schema)));
        match setting {
            "orders" => error.hint(elsewhere),
            _ => error.hint(format!(
                "{elsewhere} If there is no such table, leave it out: settings => '{{\"{setting}\": null}}'."
            )),
        }
    }

    /// What to do where a column, or a table that an expression reads, is not there.
    pub fn hint_for_parts(&self) -> String {
        format!(
            "Preset {} names tables and columns that other versions of the shop can lack. Say settings => '{{\"amount\": \"...\"}}' with the setting that \
             the message names, or null to leave it out.",
            self.name
        )
    }
}

fn unknown(name: &str) -> Error {
    let names = PRESETS.map(|(name, _)| name);
    let error = Error::new(Kind::InvalidParameter, format!("preset \"{}\" does not exist", shorten(name)));
    let all = format!("The presets are: {}.", names.join(", "));
    match nearest(name, &names) {
        Some(near) => error.hint(format!("Perhaps you meant {near}. {all}")),
        None => error.hint(all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_settings_that_a_store_knows() {
        for (name, _) in PRESETS {
            let preset = Preset::named(name, None).unwrap();
            let settings = preset.changed("{}").unwrap();
            assert!(settings.orders.starts_with(&format!("{}.", preset.schema)), "{name}");
            assert!(settings.amount.is_some() && settings.status.is_some() && settings.customers.is_some(), "{name}");
            assert!(!preset.to_json().contains(PLACE_OF_SCHEMA), "{name}");
            let Value::Object(written) = serde_json::from_str(&preset.to_json()).unwrap() else { panic!("{name}") };
            let Value::Object(kept) = serde_json::from_str(&settings.to_json()).unwrap() else { panic!("{name}") };
            // The store keeps each value of the file unchanged.
            for (setting, value) in written {
                assert_eq!(kept[&setting], value, "{name}: {setting}");
            }
        }
    }

    #[test]
    fn every_file_is_a_preset_and_every_preset_has_its_place_in_the_docs() {
        let root = env!("CARGO_MANIFEST_DIR");
        let mut files: Vec<String> = std::fs::read_dir(format!("{root}/src/domain/store/presets"))
            .unwrap()
            .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        files.sort();
        assert_eq!(files, PRESETS.map(|(name, _)| name));
        let page = std::fs::read_to_string(format!("{root}/docs/stores/presets.md")).unwrap();
        for (name, _) in PRESETS {
            let preset = Preset::named(name, None).unwrap();
            let row = format!("| `{name}` | `{}` |", preset.schema);
            assert!(page.contains(&row), "docs/stores/presets.md has no row {row}");
        }
    }

    #[test]
    fn a_schema_is_written_as_a_name_and_as_sql() {
        let preset = Preset::named("spree", Some("My \"Shop\"")).unwrap();
        assert!(preset.to_json().contains(r#""orders":"\"My \"\"Shop\"\"\".spree_orders""#), "{}", preset.to_json());
        let keyword = Preset::named("spree", Some("select")).unwrap().changed("{}").unwrap();
        assert_eq!(keyword.orders, "select.spree_orders");
        assert!(keyword.amount.unwrap().contains("FROM \"select\".spree_refunds"));
    }

    #[test]
    fn names_that_no_preset_has_are_refused_with_those_that_there_are() {
        for (name, hint) in [
            ("shopify", "Perhaps you meant shopify_"),
            ("stripes", "Perhaps you meant stripe."),
            ("", "The presets are: "),
        ] {
            let error = Preset::named(name, None).unwrap_err();
            assert_eq!(error.kind, Kind::InvalidParameter);
            let said = error.hint.unwrap();
            assert!(said.starts_with(hint), "{said}");
            assert!(said.contains("medusa, saleor, shopify_airbyte, shopify_fivetran, spree, stripe."), "{said}");
        }
        assert_eq!(Preset::named("stripe", Some("")).unwrap_err().kind, Kind::InvalidName);
    }

    #[test]
    fn a_relation_that_is_taken_out_takes_its_columns_with_it() {
        let preset = Preset::named("shopify_fivetran", None).unwrap();
        let settings = preset.changed(r#"{"refunds": null, "consents": null, "customers": "people"}"#).unwrap();
        assert_eq!((settings.refund_order.as_ref(), settings.consent_given_at.as_ref()), (None, None));
        let left: Vec<&str> = preset.relations_in(&settings).into_iter().map(|(setting, _)| setting).collect();
        assert_eq!(left, ["orders"]);
    }

    #[test]
    fn what_is_taken_out_of_another_setting_is_refused() {
        let preset = Preset::named("stripe", None).unwrap();
        assert!(preset.changed(r#"{"amount": null}"#).unwrap_err().message.contains("amount"));
        assert!(preset.changed(r#"{"orders": null}"#).unwrap_err().message.contains("orders"));
        assert!(preset.changed(r#"{"ordres": "x"}"#).unwrap_err().message.contains("ordres"));
    }
}
