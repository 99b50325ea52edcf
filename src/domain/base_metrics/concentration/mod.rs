//! Concentration of value: how much of the revenue comes from how many of the customers.
//!
//! The Lorenz curve tells the share of revenue that the customers who spend least bring, by their share of all customers
//! (Lorenz, Publications of the American Statistical Association 9, 1905). Between two customers it is a straight line, so
//! that a part of a customer brings that part of the customer's spend; equal spenders can stand in any order.

use serde::{Deserialize, Serialize};

use crate::domain::history::History;
use crate::domain::history::money::Total;
use crate::domain::history::summary::Facts;
use crate::domain::support::error::{Error, Kind, Result, reserve};
use crate::domain::support::multiset::Multiset;
use crate::domain::time::instant::Instant;

/// Into how many steps the Lorenz curve is cut, at most.
pub const STEPS: u64 = 100;

/// The share of customers whose share of revenue is asked where none is given.
pub const DEFAULT_TOP_SHARE: f64 = 0.2;

/// The share of revenue that is asked for where none is given.
pub const DEFAULT_TARGET_SHARE: f64 = 0.8;

/// Checks a share.
///
/// # Errors
/// [`Kind::InvalidParameter`] unless it lies between 0 and 1.
pub fn check_share(name: &str, share: f64) -> Result<f64> {
    if (0.0..=1.0).contains(&share) {
        // Of two zeros the one without a sign.
        return Ok(share + 0.0);
    }
    Err(Error::new(Kind::InvalidParameter, format!("{name} out of range: {share}"))
        .detail("A share must lie between 0 and 1, such as 0.2."))
}

/// What each customer has spent, in whole numbers: the same in whatever order customers were read and however they were
/// split over workers.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SpendCounts {
    spends: Multiset<Total>,
}

impl SpendCounts {
    /// Adds a customer who has bought at or before `as_of`. A customer whose refunds exceed the payments counts with 0: shares of a
    /// negative spend mean nothing, and the Gini coefficient would have no bound.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn add_customer(&mut self, history: &History, as_of: Instant) -> Result<()> {
        let facts = Facts::of(history, as_of);
        if facts.purchases == 0 { Ok(()) } else { self.spends.insert(facts.spend.max(0)) }
    }

    /// Adds all customers of another part of the base.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn merge(&mut self, other: Self) -> Result<()> {
        self.spends.merge(other.spends)
    }

    /// Makes the content the same however it was gathered: call it before writing the value out.
    ///
    /// # Errors
    /// [`Kind::LimitExceeded`] and [`Kind::OutOfMemory`].
    pub fn normalize(&mut self) -> Result<()> {
        self.spends.normalize()
    }

    /// How concentrated the revenue is: what the top share of customers brings, and how few bring the target share.
    ///
    /// # Errors
    /// [`Kind::NumericOutOfRange`] where products of the sums exceed 127 bits; [`Kind::OutOfMemory`].
    pub fn concentration(&mut self, top_share: f64, target_share: f64) -> Result<Concentration> {
        let spends = self.spends.counts()?;
        let customers: u64 = spends.iter().map(|&(_, count)| count).sum();
        let mut revenue: Total = 0;
        for &(spend, count) in spends {
            revenue = product(spend, count.into())?.checked_add(revenue).ok_or_else(too_large)?;
        }
        if revenue == 0 {
            return Ok(Concentration { customers, revenue, of_revenue: None });
        }
        let of_revenue = Some(OfRevenue {
            gini: gini(spends, customers, revenue)?,
            share_of_top: share_of_top(spends, customers, revenue, top_share),
            smallest_share: smallest_share(spends, customers, revenue, target_share),
            lorenz: lorenz(spends, customers, revenue)?,
        });
        Ok(Concentration { customers, revenue, of_revenue })
    }
}

/// How concentrated revenue is.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// Customers with a purchase.
    pub customers: u64,
    /// What they spent, in 1/10000.
    pub revenue: Total,
    /// None where there is no revenue.
    pub of_revenue: Option<OfRevenue>,
}

/// The shares of revenue.
#[derive(Debug, Clone, PartialEq)]
pub struct OfRevenue {
    /// Σ (2i − n − 1) xᵢ / (n Σ xᵢ) over the spends x₁ ≤ … ≤ xₙ: twice the area between the Lorenz curve and the diagonal,
    /// 0 where all spend the same, 1 − 1/n where one spends all.
    pub gini: f64,
    /// The share that the top share of customers brings.
    pub share_of_top: f64,
    /// The smallest share of customers that brings the target share.
    pub smallest_share: f64,
    /// The Lorenz curve in at most [`STEPS`] equal steps of customers; each customer is a step where there are fewer.
    pub lorenz: Vec<LorenzPoint>,
}

/// A point of the Lorenz curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LorenzPoint {
    /// The share of customers, of those who spend least.
    pub customers: f64,
    /// The share of revenue that they bring.
    pub revenue: f64,
}

fn product(a: Total, b: Total) -> Result<Total> {
    a.checked_mul(b).ok_or_else(too_large)
}

fn too_large() -> Error {
    Error::new(Kind::NumericOutOfRange, "the revenue of the base is too large to be divided into shares")
}

fn gini(spends: &[(Total, u64)], customers: u64, revenue: Total) -> Result<f64> {
    let n = Total::from(customers);
    let (mut before, mut sum): (Total, Total) = (0, 0);
    for &(spend, count) in spends {
        let count = Total::from(count);
        // The sum of 2i − n − 1 over the places from before + 1 to before + count.
        let weight = product(count, 2 * before + count - n)?;
        sum = product(spend, weight)?.checked_add(sum).ok_or_else(too_large)?;
        before += count;
    }
    Ok(sum as f64 / product(n, revenue)? as f64)
}

fn share_of_top(spends: &[(Total, u64)], customers: u64, revenue: Total, top_share: f64) -> f64 {
    let mut rest = top_share * customers as f64;
    let mut brought: Total = 0;
    for &(spend, count) in spends.iter().rev() {
        if count as f64 >= rest {
            return ((brought as f64 + spend as f64 * rest) / revenue as f64).min(1.0);
        }
        rest -= count as f64;
        brought += spend * Total::from(count);
    }
    1.0
}

fn smallest_share(spends: &[(Total, u64)], customers: u64, revenue: Total, target_share: f64) -> f64 {
    let target = target_share * revenue as f64;
    let (mut before, mut brought): (u64, Total) = (0, 0);
    for &(spend, count) in spends.iter().rev().take_while(|&&(spend, _)| spend > 0) {
        let then = brought + spend * Total::from(count);
        if then as f64 >= target {
            let part = ((target - brought as f64) / spend as f64).clamp(0.0, count as f64);
            return (before as f64 + part) / customers as f64;
        }
        before += count;
        brought = then;
    }
    before as f64 / customers as f64
}

fn lorenz(spends: &[(Total, u64)], customers: u64, revenue: Total) -> Result<Vec<LorenzPoint>> {
    let (n, steps) = (Total::from(customers), Total::from(customers.min(STEPS)));
    let whole = product(steps, revenue)?;
    let mut points = Vec::new();
    reserve(&mut points, steps as usize + 1)?;
    let mut groups = spends.iter().peekable();
    // Customers and revenue of the groups that lie before the point as a whole.
    let (mut before, mut brought): (Total, Total) = (0, 0);
    for step in 0..=steps {
        // So many customers times `steps`.
        let place = step * n;
        while let Some(&(spend, count)) = groups.next_if(|&&(_, count)| (before + Total::from(count)) * steps <= place)
        {
            before += Total::from(count);
            brought += spend * Total::from(count);
        }
        let part = groups.peek().map_or(Ok(0), |&&(spend, _)| product(spend, place - before * steps))?;
        let revenue = product(brought, steps)?.checked_add(part).ok_or_else(too_large)?;
        points.push(LorenzPoint { customers: step as f64 / steps as f64, revenue: revenue as f64 / whole as f64 });
    }
    Ok(points)
}

#[cfg(test)]
mod tests;
