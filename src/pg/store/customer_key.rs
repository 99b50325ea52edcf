//! The customers of rows, as keys of a store: how they are read, whatever the column's type, and which were seen already.

use std::ffi::CStr;

use pgrx::pg_sys;

use crate::domain::support::dedup::{Distinct, Mix};
use crate::domain::support::error::{Result, reserve};
use crate::pg::ffi::varlena::{bytes_of, new_value};

/// From the values of a column to keys. Only conversions that cannot fail: a value that is out of range is no reason to
/// refuse an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// Whole numbers of 2, 4 or 8 bytes.
    Integer(pg_sys::Oid),
    Uuid,
    /// The same bytes.
    Text,
    /// A function of the server that makes text.
    Cast(pg_sys::Oid),
    /// The server's text form of a type.
    Output(pg_sys::Oid),
}

impl Conversion {
    /// None if there is none that cannot fail.
    pub fn between(from: pg_sys::Oid, key: pg_sys::Oid) -> Option<Self> {
        // SAFETY: looks types up.
        let from = unsafe { pg_sys::getBaseType(from) };
        match key {
            pg_sys::INT4OID | pg_sys::INT8OID => {
                matches!(from, pg_sys::INT2OID | pg_sys::INT4OID | pg_sys::INT8OID).then_some(Self::Integer(from))
            }
            pg_sys::UUIDOID => (from == pg_sys::UUIDOID).then_some(Self::Uuid),
            pg_sys::TEXTOID => match from {
                pg_sys::TEXTOID | pg_sys::VARCHAROID => Some(Self::Text),
                _ => Self::to_text(from),
            },
            _ => None,
        }
    }

    fn to_text(from: pg_sys::Oid) -> Option<Self> {
        let is_builtin = |oid: pg_sys::Oid| oid.to_u32() < pg_sys::FirstNormalObjectId;
        let mut function = pg_sys::InvalidOid;
        // SAFETY: looks up how the server casts.
        unsafe {
            let path = pg_sys::find_coercion_pathway(
                pg_sys::TEXTOID,
                from,
                pg_sys::CoercionContext::COERCION_EXPLICIT,
                &mut function,
            );
            match path {
                // Keys of citext, which differ in case, may be one: the view of the source makes them so.
                pg_sys::CoercionPathType::COERCION_PATH_RELABELTYPE => is_builtin(from).then_some(Self::Text),
                pg_sys::CoercionPathType::COERCION_PATH_FUNC => is_builtin(function).then_some(Self::Cast(function)),
                pg_sys::CoercionPathType::COERCION_PATH_COERCEVIAIO => {
                    // The forms of rows, arrays and ranges call those of what is in them, which any role may have made.
                    let mut is_varlena = false;
                    pg_sys::getTypeOutputInfo(from, &mut function, &mut is_varlena);
                    let is_simple = match pg_sys::get_typtype(from) as u8 {
                        pg_sys::TYPTYPE_BASE => pg_sys::get_element_type(from) == pg_sys::InvalidOid,
                        pg_sys::TYPTYPE_ENUM => true,
                        _ => false,
                    };
                    (is_simple && is_builtin(function)).then_some(Self::Output(function))
                }
                _ => None,
            }
        }
    }
}

/// Reads the customers of rows.
pub struct Reader {
    /// The column's number.
    pub column: i32,
    /// From its values to keys.
    pub conversion: Conversion,
}

/// A customer.
pub enum Key<'a> {
    Integer(i64),
    Uuid(u128),
    Text(&'a [u8]),
}

impl Reader {
    /// The customer of a row; it lives as long as the row, or in the current memory context.
    ///
    /// # Safety
    /// The value must be one of this column, not NULL.
    #[inline]
    pub unsafe fn key<'a>(&self, value: pg_sys::Datum) -> Key<'a> {
        // SAFETY: the caller vouches for the value; the conversion was chosen by its type.
        unsafe {
            match self.conversion {
                Conversion::Integer(pg_sys::INT8OID) => Key::Integer(value.value() as i64),
                Conversion::Integer(pg_sys::INT4OID) => Key::Integer((value.value() as i32).into()),
                Conversion::Integer(_) => Key::Integer((value.value() as i16).into()),
                Conversion::Uuid => Key::Uuid(u128::from_ne_bytes(*value.cast_mut_ptr::<[u8; 16]>())),
                Conversion::Text => Key::Text(bytes_of(value)),
                Conversion::Cast(function) => {
                    Key::Text(bytes_of(pg_sys::OidFunctionCall1Coll(function, pg_sys::DEFAULT_COLLATION_OID, value)))
                }
                Conversion::Output(function) => {
                    Key::Text(CStr::from_ptr(pg_sys::OidOutputFunctionCall(function, value)).to_bytes())
                }
            }
        }
    }
}

/// The customers noted so far, as far as memory allows.
pub enum DedupSet {
    Integers { keys: Distinct<i64, Mix>, last: Option<i64>, narrow: bool },
    Uuids(Distinct<u128, Mix>),
    Texts(Distinct<Box<[u8]>>),
}

/// What to do with a customer.
pub enum Verdict {
    /// To be noted as this value.
    New(pg_sys::Datum),
    Known,
    /// Not a value of the key's type.
    OutOfRange,
}

impl DedupSet {
    pub fn new(key: pg_sys::Oid) -> Self {
        // SAFETY: reads a setting.
        let limit = unsafe { pg_sys::get_hash_memory_limit() };
        match key {
            pg_sys::UUIDOID => DedupSet::Uuids(Distinct::within(limit)),
            pg_sys::TEXTOID => DedupSet::Texts(Distinct::within(limit)),
            _ => DedupSet::Integers { keys: Distinct::within(limit), last: None, narrow: key == pg_sys::INT4OID },
        }
    }

    /// Whether the customer must be noted. A value by reference is made in the current memory context.
    #[inline]
    pub fn judge(&mut self, key: &Key<'_>) -> Result<Verdict> {
        Ok(match (self, key) {
            (DedupSet::Integers { keys, last, narrow }, &Key::Integer(number)) => {
                // Rows of one customer often come together.
                if last.replace(number) == Some(number) || !keys.is_new(&number, 0, |&number| Ok(number))? {
                    Verdict::Known
                } else if !*narrow {
                    Verdict::New(pg_sys::Datum::from(number))
                } else {
                    i32::try_from(number)
                        .map_or(Verdict::OutOfRange, |number| Verdict::New(pg_sys::Datum::from(number)))
                }
            }
            (DedupSet::Uuids(keys), Key::Uuid(uuid)) => {
                if keys.is_new(uuid, 0, |&uuid| Ok(uuid))? {
                    // SAFETY: palloc gives 16 bytes or raises an error.
                    Verdict::New(unsafe {
                        let place: *mut [u8; 16] = pg_sys::palloc(16).cast();
                        *place = uuid.to_ne_bytes();
                        pg_sys::Datum::from(place)
                    })
                } else {
                    Verdict::Known
                }
            }
            (DedupSet::Texts(keys), &Key::Text(text)) => {
                let own = |text: &[u8]| {
                    let mut bytes = Vec::new();
                    reserve(&mut bytes, text.len())?;
                    bytes.extend_from_slice(text);
                    Ok(bytes.into_boxed_slice())
                };
                // Beside the bytes there is what the allocator keeps of them.
                if keys.is_new(text, text.len() + 16, own)? { Verdict::New(new_value(text)) } else { Verdict::Known }
            }
            _ => Verdict::OutOfRange,
        })
    }
}
