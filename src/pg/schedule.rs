//! In the making.
use crate::domain::error::Result;
/// In the making.
pub fn unschedule_quietly(_store: &str) -> Result<()> {
    Ok(())
}
