//! Audiences and feeds, as SQL calls them.
//!
//! | file | what it knows |
//! |---|---|
//! | `define` | creating, changing and dropping an audience, and its members on a day of the past |
//! | `feed` | which profiles and members have changed, page by page |
//!
//! It imports `ffi`, `store`, `journey`, and `domain::audience`. What a refresh does about audiences is in `src/pg/store/audiences.rs`.

pub mod define;
pub mod feed;
