//! How often intervals hold the true parameters.

use std::fmt;

/// The level of the intervals, and the quantile of the normal distribution that belongs to it.
const LEVEL: f64 = 0.95;
const QUANTILE: f64 = 1.959_963_984_540_054;

/// What the product promises of 1,000 bases.
const MARGIN: f64 = 0.02;

/// Counts over the bases of one model.
pub struct Coverage {
    parameters: Vec<Counts>,
}

struct Counts {
    name: String,
    bases: u32,
    /// Held by the plain interval, and by that in the logarithm.
    plain: u32,
    in_log: u32,
    /// The truth below the plain interval, and above.
    below: u32,
    above: u32,
    without_error: u32,
}

impl Coverage {
    pub fn new(parameters: &[&str]) -> Self {
        let counts = |name: &&str| Counts {
            name: (*name).into(),
            bases: 0,
            plain: 0,
            in_log: 0,
            below: 0,
            above: 0,
            without_error: 0,
        };
        Coverage { parameters: parameters.iter().map(counts).collect() }
    }

    /// Adds a base: of each parameter the truth, and the estimate with its standard error, if they exist.
    pub fn add(&mut self, parameters: impl IntoIterator<Item = (f64, Option<(f64, f64)>)>) {
        for (counts, (truth, found)) in self.parameters.iter_mut().zip(parameters) {
            counts.bases += 1;
            let Some((estimate, error)) = found else {
                counts.without_error += 1;
                continue;
            };
            let off = (truth - estimate) / error;
            counts.plain += u32::from(off.abs() <= QUANTILE);
            counts.below += u32::from(off < -QUANTILE);
            counts.above += u32::from(off > QUANTILE);
            counts.in_log += u32::from(((truth / estimate).ln() * estimate / error).abs() <= QUANTILE);
        }
    }

    /// Where the intervals hold the truth too seldom or too often. In fewer than 1,000 bases chance has its say: four
    /// standard deviations.
    pub fn problems(&self) -> Vec<String> {
        let problem = |counts: &Counts| {
            let bases = f64::from(counts.bases);
            let chance = if counts.bases >= 1_000 { 0.0 } else { 4.0 * (LEVEL * (1.0 - LEVEL) / bases).sqrt() };
            let held = f64::from(counts.plain) / bases;
            let off = (held - LEVEL).abs() > MARGIN + chance;
            off.then(|| format!("the intervals of {} hold the truth in {:.1} %", counts.name, 100.0 * held))
        };
        self.parameters.iter().filter(|counts| counts.bases > 0).filter_map(problem).collect()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Counts { name, bases, in_log, plain, below, above, without_error } in &self.parameters {
            let share = |count: &u32| 100.0 * f64::from(*count) / f64::from((*bases).max(1));
            writeln!(
                f,
                "  {name:>6}: held in {:5.1} % (truth below {:.1} %, above {:.1} %); in the logarithm {:5.1} %; \
                 no error in {without_error}",
                share(plain),
                share(below),
                share(above),
                share(in_log)
            )?;
        }
        Ok(())
    }
}
