//! The comparison of both groups, plain and adjusted.

use super::covariates::{Past, centred, residuals};
use super::gathered::{Sides, Sorted, SpendState};
use super::lots::{Stratum, Urn};
use super::status::{Seen, smallest_seen, status};
use super::terms::{Division, Lots, Pair};
use super::{Effect, FINE, Group, LOTS, MORE_LOTS, SpendComparison};
use crate::domain::experiment::Confidence;
use crate::domain::experiment::sample_size::sample_size;
use crate::domain::support::error::{Result, reserve};

/// The most rows that are read for the lots beyond the first [`LOTS`].
const MOST_READ: usize = 4_000_000_000;

impl SpendState {
    /// Compares what the treated customers have spent with what the control customers have.
    ///
    /// # Errors
    /// [`crate::domain::support::error::Kind::OutOfMemory`].
    pub fn compare(&mut self, confidence: Confidence) -> Result<SpendComparison> {
        let mut sorted = self.sorted()?;
        let is_compared = |sides: &Sides| sides.control.customers > 0 && sides.treated.customers > 0;
        if !sorted.strata.iter().any(is_compared) {
            let (treated, control) = groups(&sorted.strata);
            let status = status(&treated, &control, None, sorted.left_out);
            let left_out = sorted.left_out.customers;
            return Ok(SpendComparison { treated, control, status, left_out, ..SpendComparison::default() });
        }
        sorted.strata.retain(is_compared);
        let (treated, control) = groups(&sorted.strata);
        let (strata, left_out) = (sorted.strata.len() as u64, sorted.left_out.customers);
        let found = SpendComparison { treated, control, strata, left_out, ..SpendComparison::default() };
        if sorted.covariates == 0 {
            let urn = drawn(plain(&mut sorted)?, sorted.seed, confidence)?;
            told(found, urn.lots(), &sorted, confidence)
        } else {
            let urn = drawn(adjusted(&mut sorted)?, sorted.seed, confidence)?;
            told(found, urn.lots(), &sorted, confidence)
        }
    }
}

/// The treated and the control customers of all strata.
fn groups(strata: &[Sides]) -> (Group, Group) {
    strata.iter().fold(Default::default(), |(treated, control), sides| {
        (sum(treated, sides.treated), sum(control, sides.control))
    })
}

fn sum(one: Group, other: Group) -> Group {
    Group { customers: one.customers + other.customers, buyers: one.buyers + other.buyers, mean: None }
}

/// How a lot divides a stratum.
fn division(sides: &Sides, all: f64) -> Division {
    let (control, treated) = (sides.control.customers, sides.treated.customers);
    Division {
        customers: (control + treated) as usize,
        smaller: control.min(treated) as usize,
        smaller_is_control: control <= treated,
        weight: (control + treated) as f64 / all,
    }
}

fn customers(strata: &[Sides]) -> f64 {
    let (treated, control) = groups(strata);
    (treated.customers + control.customers) as f64
}

/// The customers of a stratum in the order of their lots: those who have spent something first.
struct InOrder {
    places: Vec<usize>,
    is_smaller: Vec<u64>,
}

impl InOrder {
    /// Puts customers in order. The first `smaller` of them are the smaller group.
    fn of(spends: &[Pair], smaller: usize) -> Result<Self> {
        let mut places = Vec::new();
        reserve(&mut places, spends.len())?;
        let has_spent = |place: &usize| spends[*place] != Pair::default();
        places.extend((0..spends.len()).filter(has_spent));
        places.extend((0..spends.len()).filter(|place| !has_spent(place)));
        let mut is_smaller = Vec::new();
        reserve(&mut is_smaller, spends.len().div_ceil(64))?;
        is_smaller.extend(places.chunks(64).map(|places| {
            places.iter().enumerate().fold(0, |word, (bit, place)| word | u64::from(*place < smaller) << bit)
        }));
        Ok(InOrder { places, is_smaller })
    }

    fn apply(&self, pairs: &[Pair]) -> Result<Vec<Pair>> {
        let mut ordered = Vec::new();
        reserve(&mut ordered, pairs.len())?;
        ordered.extend(self.places.iter().map(|place| pairs[*place]));
        Ok(ordered)
    }
}

/// The spends for the sums. Where most customers have spent something, the mean is taken off, so that sums of squares keep their digits; else
/// those who have spent nothing need no row.
fn figure(in_order: &InOrder, spends: &[Pair], customers: usize) -> Result<Vec<Pair>> {
    let mut rows = in_order.apply(spends)?;
    let spent = rows.iter().position(|pair| *pair == Pair::default()).unwrap_or(rows.len());
    if 2 * spent > customers {
        reserve(&mut rows, customers - spends.len())?;
        rows.resize(customers, Pair::default());
        centred(&mut rows);
    } else {
        rows.truncate(spent);
    }
    Ok(rows)
}

/// The bits of the customers in the smaller group, where those without a row follow in this order: of the smaller group, then of the other.
fn with_others(mut in_order: InOrder, of_smaller: usize, customers: usize) -> Result<Vec<u64>> {
    let rows = in_order.places.len();
    let words = customers.div_ceil(64);
    let more = words.saturating_sub(in_order.is_smaller.len());
    reserve(&mut in_order.is_smaller, more)?;
    in_order.is_smaller.resize(words, 0);
    for place in rows..rows + of_smaller {
        in_order.is_smaller[place / 64] |= 1 << (place % 64);
    }
    Ok(in_order.is_smaller)
}

/// The spends alone.
fn plain(sorted: &mut Sorted) -> Result<Vec<Stratum<1>>> {
    let all = customers(&sorted.strata);
    let stratum = |sides: &mut Sides| {
        let division = division(sides, all);
        let Past { spends, smaller, .. } = std::mem::take(&mut sides.past);
        let in_order = InOrder::of(&spends, smaller)?;
        let figures = [figure(&in_order, &spends, division.customers)?];
        let is_smaller = with_others(in_order, division.smaller - smaller, division.customers)?;
        Ok(Stratum { figures, is_smaller, division })
    };
    sorted.strata.iter_mut().map(stratum).collect()
}

/// The spends, and what the covariates leave of them.
fn adjusted(sorted: &mut Sorted) -> Result<Vec<Stratum<2>>> {
    let all = customers(&sorted.strata);
    let (mut pasts, mut orders, mut spends, mut divisions) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for sides in &mut sorted.strata {
        let division = division(sides, all);
        let mut past = std::mem::take(&mut sides.past);
        let in_order = InOrder::of(&past.spends, past.smaller)?;
        spends.push(figure(&in_order, &past.spends, division.customers)?);
        centred(&mut past.spends);
        pasts.push(past);
        orders.push(in_order);
        divisions.push(division);
    }
    let rests = residuals(&mut pasts, sorted.covariates)?;
    let parts = spends.into_iter().zip(rests).zip(orders).zip(divisions);
    parts
        .map(|(((spends, rests), in_order), division)| {
            let figures = [spends, in_order.apply(&rests)?];
            Ok(Stratum { figures, is_smaller: in_order.is_smaller, division })
        })
        .collect()
}

/// All lots where there are few, else so many as the p-values need.
fn drawn<const F: usize>(strata: Vec<Stratum<F>>, seed: [u8; 32], confidence: Confidence) -> Result<Urn<F>> {
    let mut urn = Urn::new(strata, seed)?;
    if urn.all().is_some() {
        urn.complete()?;
        return Ok(urn);
    }
    urn.draw(LOTS)?;
    let level = 1.0 - confidence.0;
    let is_open = |lots: &Lots| {
        let p = lots.p_value(1.0);
        // Four standard errors of a share of LOTS, doubled.
        let margin = 8.0 * (0.5 * level * (1.0 - 0.5 * level) / LOTS as f64).sqrt();
        (p - level).abs() <= margin
    };
    if level < FINE || urn.lots().iter().any(is_open) {
        let affordable = MOST_READ / urn.rows().max(1);
        urn.draw(affordable.clamp(LOTS, MORE_LOTS))?;
    }
    Ok(urn)
}

/// What the lots say.
fn told(mut found: SpendComparison, lots: &[Lots], sorted: &Sorted, confidence: Confidence) -> Result<SpendComparison> {
    let drawn = &lots[0].drawn;
    let (treated_mean, control_mean) = (drawn.treated_mean() + 0.0, drawn.control_mean() + 0.0);
    found.treated.mean = Some(treated_mean);
    found.control.mean = Some(control_mean);
    found.plain = Effect::of(&lots[0], treated_mean, confidence);
    found.adjusted = lots.get(1).map(|lots| Effect::of(lots, treated_mean, confidence));
    let (treated, control) = (found.treated.customers as f64, found.control.customers as f64);
    let spread = lots[0].standard_error(1.0) * (treated * control / (treated + control)).sqrt();
    let deviation = std::f64::consts::SQRT_2 * spread;
    found.sample_size =
        found.plain.difference.and_then(|difference| sample_size(confidence, deviation, deviation, difference));
    found.permutations = lots[0].again.len() as u64;
    found.method = Some(method(&lots[0], sorted));
    let seen = |lots: &Lots| smallest_seen(lots, treated, control, confidence);
    let seen = Seen { plain: seen(&lots[0]), adjusted: lots.get(1).map(seen) };
    found.status = status(&found.treated, &found.control, Some(seen), sorted.left_out);
    Ok(found)
}

fn method(lots: &Lots, sorted: &Sorted) -> String {
    let mut method = if lots.is_complete { "all lots" } else { "random lots" }.to_owned();
    if sorted.strata.len() > 1 {
        method += &format!(" within {} strata", sorted.strata.len());
    }
    match sorted.covariates {
        0 => {}
        1 => method += ", adjusted for 1 covariate",
        many => method += &format!(", adjusted for {many} covariates"),
    }
    method
}
