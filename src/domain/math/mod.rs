//! Special functions, quadrature, linear algebra, and the search for a maximum.
//!
//! Each function names its source, and is held against values of mpmath in its tests.
//!
//! It imports `support`.

pub mod beta;
pub mod beta_geometric;
pub mod cholesky;
pub mod gamma;
#[cfg(test)]
pub mod hypergeometric;
pub mod maximum_likelihood;
pub mod pareto_integral;
pub mod sum;
pub mod trapezoid;
