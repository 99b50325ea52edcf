//! The views for people.

use super::Store;

/// In the making.
pub fn create(_store: &Store) -> Vec<String> {
    Vec::new()
}

/// In the making.
pub fn drop(_store: &Store) -> Vec<String> {
    Vec::new()
}

/// In the making.
pub fn grant(_store: &Store, _role: &str) -> Vec<String> {
    Vec::new()
}
