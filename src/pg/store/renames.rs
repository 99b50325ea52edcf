//! What the columns, conditions and expressions of a store's sources are called by now, as the store's views know it.

use std::collections::BTreeMap;
use std::ffi::CStr;

use pgrx::pg_sys;

use super::Attached;
use super::catalog::described;
use super::refresh_step::set;
use super::stored_settings::{keep, kept};
use super::user_condition::elements;
use crate::domain::store::Store;
use crate::domain::store::settings::CONDITIONS;
use crate::domain::store::source_views::{CONSENTS_KEY_VIEW, KEY_VIEWS, RATES_KEY_VIEW};
use crate::domain::store::tables::Source;
use crate::domain::support::error::Result;
use crate::pg::ffi::session::{SEARCH_PATH, with_settings};
use crate::pg::ffi::spi::value;
use crate::pg::ffi::text::text_of;

/// What a view of `key_...` shows.
#[derive(Debug, Default)]
pub struct Shown {
    /// The object id of the relation that it reads.
    pub relation: String,
    /// The columns by the names of their settings.
    pub columns: BTreeMap<String, String>,
    /// The conditions and expressions by the names of their settings, with all names in them qualified.
    pub conditions: BTreeMap<String, String>,
}

/// What the views of [`KEY_VIEWS`] show; None where there is no such view.
pub fn shown(store: &Store) -> [Option<Shown>; KEY_VIEWS.len()] {
    KEY_VIEWS.map(|view| shown_of(store, view))
}

fn shown_of(store: &Store, view: &str) -> Option<Shown> {
    with_settings(&[SEARCH_PATH], || {
        let oid = value("SELECT pg_catalog.to_regclass($1)::pg_catalog.oid", &[Some(store.data(view).as_str())])?;
        // SAFETY: within a transaction, as all functions are.
        unsafe { shown_by(pg_sys::Oid::from(oid.parse::<u32>().ok()?)) }
    })
}

/// The object id of the relation that a view of [`KEY_VIEWS`] reads, whatever it is called by now.
pub fn relation_read_by(store: &Store, key_view: &str) -> Option<String> {
    shown_of(store, key_view).map(|shown| shown.relation)
}

/// The conditions and expressions of a store as the server writes them down by now.
pub fn conditions(store: &Store) -> BTreeMap<String, String> {
    shown(store).into_iter().flatten().flat_map(|shown| shown.conditions).collect()
}

/// # Safety
/// Call it within a transaction.
unsafe fn shown_by(view: pg_sys::Oid) -> Option<Shown> {
    // SAFETY: the relation is locked while its query is read, and what is read is copied.
    unsafe {
        let relation = pg_sys::try_relation_open(view, pg_sys::AccessShareLock as i32);
        if relation.is_null() {
            return None;
        }
        let is_view = (*(*relation).rd_rel).relkind as u8 == pg_sys::RELKIND_VIEW && !(*relation).rd_rules.is_null();
        let shown = if is_view { shown_by_query(&*pg_sys::get_view_query(relation)) } else { None };
        pg_sys::relation_close(relation, pg_sys::NoLock as i32);
        shown
    }
}

/// # Safety
/// The query must be that of a view that is locked.
unsafe fn shown_by_query(query: &pg_sys::Query) -> Option<Shown> {
    // SAFETY: the nodes of a query are what their tags say, and live as long as the view is locked. What the server writes into
    // memory of its own is copied.
    unsafe {
        let from = elements::<pg_sys::Node>((*query.jointree).fromlist);
        let [from] = from[..] else { return None };
        if (*from).type_ != pg_sys::NodeTag::T_RangeTblRef {
            return None;
        }
        let place = (*from.cast::<pg_sys::RangeTblRef>()).rtindex;
        let tables = elements::<pg_sys::RangeTblEntry>(query.rtable);
        let table = *tables.get(usize::try_from(place - 1).ok()?)?;
        if (*table).rtekind != pg_sys::RTEKind::RTE_RELATION {
            return None;
        }
        let relation = (*table).relid;
        let name = pg_sys::get_rel_name(relation);
        if name.is_null() {
            return None;
        }
        let mut shown = Shown { relation: relation.to_u32().to_string(), ..Shown::default() };
        for target in elements::<pg_sys::TargetEntry>(query.targetList) {
            let (target, node) = (&*target, (*target).expr.cast::<pg_sys::Node>());
            if target.resjunk || target.resname.is_null() || node.is_null() {
                continue;
            }
            let setting = text_of(CStr::from_ptr(target.resname).to_bytes());
            match (*node).type_ {
                pg_sys::NodeTag::T_Var => {
                    let column = pg_sys::get_attname(relation, (*node.cast::<pg_sys::Var>()).varattno, true);
                    if !column.is_null() {
                        shown.columns.insert(setting, text_of(CStr::from_ptr(column).to_bytes()));
                    }
                }
                tag => {
                    // A condition stands below NOT, and an expression is as it is.
                    let is_condition = CONDITIONS.contains(&setting.as_str());
                    let said = match tag {
                        pg_sys::NodeTag::T_BoolExpr if is_condition => {
                            let negated = elements::<pg_sys::Node>((*node.cast::<pg_sys::BoolExpr>()).args);
                            let [condition] = negated[..] else { continue };
                            condition
                        }
                        _ if is_condition => continue,
                        _ => node,
                    };
                    // The server writes an expression down with names for the first relation of a query.
                    let said: *mut pg_sys::Node = pg_sys::copyObjectImpl(said.cast()).cast();
                    pg_sys::ChangeVarNodes(said, place, 1, 0);
                    let context = pg_sys::deparse_context_for(name, relation);
                    let text = pg_sys::deparse_expression(said, context, false, false);
                    shown.conditions.insert(setting, text_of(CStr::from_ptr(text).to_bytes()));
                }
            }
        }
        Some(shown)
    }
}

/// A store whose settings have followed what was renamed.
pub struct Followed {
    /// The store, with the new names but for those of its attributes, by which its own tables and views are called too.
    pub store: Store,
    /// What the columns of the attributes are called by now, in the order of the setting.
    pub attributes: Vec<String>,
    /// The conditions and expressions as the server writes them down.
    pub conditions: BTreeMap<String, String>,
    /// The sources whose column of the customer is called otherwise, which their triggers know by name.
    pub keys: Vec<Source>,
}

/// Follows what was renamed.
///
/// # Errors
/// [`crate::domain::support::error::Kind::NotReady`] if the settings that the store's schema keeps cannot be read.
pub fn followed(attached: &Attached) -> Result<Followed> {
    let before = &attached.store;
    let written = kept(&before.name)?.map(|kept| kept.conditions).unwrap_or_default();
    let mut store = before.clone();
    let mut conditions = BTreeMap::new();
    for shown in shown(before).into_iter().flatten() {
        for (setting, column) in &shown.columns {
            store.settings.follow(setting, column);
        }
        for (setting, condition) in shown.conditions {
            if written.get(&setting).is_some_and(|written| *written != condition) {
                store.settings.follow(&setting, &condition);
            }
            conditions.insert(setting, condition);
        }
    }
    let [orders, customers, events] = &attached.relations;
    // A relation that is gone keeps the name that it had.
    let name = |oid: &Option<String>| Some(described(oid.as_ref()?).ok()?.qualified());
    if let Some(name) = name(orders) {
        store.settings.orders = name;
    }
    store.settings.customers = name(customers).or(store.settings.customers);
    store.settings.events = name(events).or(store.settings.events);
    for (view, named) in [
        (Source::Refunds.key_view(), &mut store.settings.refunds),
        (CONSENTS_KEY_VIEW, &mut store.settings.consents),
        (RATES_KEY_VIEW, &mut store.settings.rates),
    ] {
        if named.is_some()
            && let Some(now) = name(&relation_read_by(before, view))
        {
            *named = Some(now);
        }
    }
    let attributes = std::mem::replace(&mut store.settings.attributes, before.settings.attributes.clone());
    let keys = Source::ALL
        .into_iter()
        .filter(|source| {
            source.changes(before).is_some() && source.customer_column(before) != source.customer_column(&store)
        })
        .collect();
    Ok(Followed { store, attributes, conditions, keys })
}

/// Lets a store follow what was renamed, and keeps that. The sources whose triggers know their column by another name.
///
/// # Errors
/// As [`followed`].
pub fn follow(attached: &mut Attached) -> Result<Vec<Source>> {
    let followed = followed(attached)?;
    if followed.store.settings != attached.store.settings {
        attached.store = followed.store;
        let store = &attached.store;
        set(&store.name, "settings = $2::jsonb", &[Some(&store.settings.to_json())]);
        keep(store, attached.reader.as_deref(), attached.made_reader);
    }
    Ok(followed.keys)
}
