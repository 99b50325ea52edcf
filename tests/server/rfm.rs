//! rfm
