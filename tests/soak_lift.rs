//! Experiments on spend whose truth is known: how often nothing is called an effect, how often intervals hold the true lift, and how often
//! a true effect is found.
//!
//! `make test` draws a few lots, `make soak-lift` the 4,000 that the product promises its figures of (LOTS=… for another number).
//! A lot is drawn from the number of its base, effect and lot alone. Fewer lots have wider bars: four standard errors.
//!
//! Welch's test stands beside: it is what the method by the lot is to be better than, and what shows that these bars see
//! a bad method.

#[path = "soak_lift/bases.rs"]
mod bases;
#[path = "soak_lift/completejourney.rs"]
mod completejourney;
#[path = "soak_lift/figures.rs"]
mod figures;
#[path = "soak_lift/looking.rs"]
mod looking;
#[path = "soak_lift/methods.rs"]
mod methods;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use bases::{Base, Treatment, cdnow, few_buyers, more_buyers, multiplied, rare_buyers, shuffle_front};
use completejourney::households;
use figures::{Figures, HEAD, PROMISED, slack};
use looking::{Calls, Story};
use methods::{METHODS, said};

/// How many lots of each base.
fn lots() -> usize {
    std::env::var("LOTS").map_or(400, |lots| lots.parse().expect("LOTS is a whole number"))
}

/// Of an effect a quarter, in a short run, whose code may not be optimised.
fn lots_of(treatment: Treatment) -> usize {
    if lots() < PROMISED && treatment.lift() != 0.0 { lots().div_ceil(4) } else { lots() }
}

/// What each method says of all lots of a base whose number is its seed.
fn soaked(base: &Base, number: u64, effect: &str, treatment: Treatment) -> [Figures; 3] {
    let mut figures =
        METHODS.map(|method| Figures::new(format!("{}, {effect}, {method}", base.name()), treatment.lift()));
    let (all, control) = base.sizes();
    for lot in 0..lots_of(treatment) {
        let mut random = ChaCha8Rng::seed_from_u64(number << 32 | lot as u64);
        let mut places: Vec<usize> = (0..all).collect();
        shuffle_front(&mut places, control, &mut random);
        let mut is_treated = vec![true; all];
        places[..control].iter().for_each(|place| is_treated[*place] = false);
        let customers = base.customers(&is_treated, treatment, &mut random);
        for (figures, said) in figures.iter_mut().zip(said(&customers, &is_treated)) {
            figures.add(said);
        }
    }
    figures
}

/// Prints a table at once, for tests run beside each other.
fn show(head: &str, rows: &[String]) {
    println!("{head}\n{}\n", rows.join("\n"));
}

/// Prints what is left to print, and fails where something is out of its bars.
fn conclude(head: &str, rows: &[String], problems: &[String]) {
    show(head, rows);
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// No effect, and spend that is multiplied; the numbers of the base and of both effects are those of its lots.
fn judge(base: &Base, number: u64, more: impl Fn(&[Figures; 3], f64) -> Vec<String>) {
    let mut problems = Vec::new();
    for (i, lift) in [0.0, 0.2, -0.3].into_iter().enumerate() {
        let figures = soaked(base, number + i as u64, &format!("{:+.0} %", 100.0 * lift), multiplied(lift));
        show(HEAD, &figures.each_ref().map(Figures::to_string));
        for by_the_lot in &figures[1..] {
            if lift == 0.0 {
                problems.extend(by_the_lot.problems_of_nothing());
            }
            problems.extend(by_the_lot.problems_of_the_interval());
        }
        problems.extend(more(&figures, lift));
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

fn nothing_more(_: &[Figures; 3], _: f64) -> Vec<String> {
    Vec::new()
}

/// Wins and losses of Welch's test outside the bars, by so much as the prototype has found.
fn welch_is_seen(figures: &Figures, least_wins: f64) -> Vec<String> {
    let is_seen = figures.wins() > least_wins && figures.losses() < 2.0 && !figures.problems_of_nothing().is_empty();
    if is_seen { Vec::new() } else { vec![format!("{}: not seen to be bad: {figures}", figures.name)] }
}

#[test]
fn cdnow_customers() {
    judge(&cdnow(2_357), 10, |[fieller, lot, _], lift| {
        let mut problems = Vec::new();
        if lot.median_width() > fieller.median_width() {
            problems.push(format!("{}: wider than Fieller's {:.3}", lot.name, fieller.median_width()));
        }
        if lift == 0.0 {
            problems.extend(welch_is_seen(fieller, 5.0));
        }
        problems
    });
}

#[test]
fn six_hundred_cdnow_customers() {
    judge(&cdnow(600), 20, nothing_more);
}

#[test]
fn five_percent_buy() {
    judge(&few_buyers(), 30, |figures, lift| if lift == 0.0 { welch_is_seen(&figures[0], 8.0) } else { Vec::new() });
}

#[test]
fn two_percent_buy() {
    judge(&rare_buyers(), 40, |figures, lift| if lift == 0.0 { welch_is_seen(&figures[0], 8.0) } else { Vec::new() });
}

#[test]
fn the_past_correlates_with_spend() {
    judge(&Base::Faithful { treated: 2_000, control: 200 }, 50, |figures, lift| {
        match lift != 0.0 && figures[2].median_width() > figures[1].median_width() {
            true => vec![format!("{}: wider than without covariates", figures[2].name)],
            false => Vec::new(),
        }
    });
}

#[test]
fn more_customers_buy() {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (i, lift) in [0.5, 1.0].into_iter().enumerate() {
        let effect = format!("{:+.0} % buyers", 100.0 * lift);
        let figures = soaked(&few_buyers(), 60 + i as u64, &effect, more_buyers(lift));
        rows.extend(figures.iter().map(Figures::to_string));
        problems.extend(figures[1..].iter().flat_map(Figures::problems_of_more_buyers));
    }
    conclude(HEAD, &rows, &problems);
}

/// What a prototype has found of 400 lots each: power at +20 % in percent, without and with one covariate. Its figures have a standard error
/// of their own.
#[test]
fn households_of_a_grocer() {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for (i, (drawn, power)) in [(2_469, [65.0, 99.5]), (600, [21.0, 54.0])].into_iter().enumerate() {
        let Some(base) = households(drawn) else {
            println!(
                "completejourney: NOT TESTED (set COMPLETEJOURNEY to a folder, see tests/soak_lift/completejourney.rs)"
            );
            return;
        };
        for (effect, lift) in [("nothing", 0.0), ("+20 %", 0.2)] {
            let figures = soaked(&base, 70 + 2 * i as u64, effect, multiplied(lift));
            rows.extend(figures.iter().map(Figures::to_string));
            for (by_the_lot, power) in figures[1..].iter().zip(power) {
                if lift == 0.0 {
                    problems.extend(by_the_lot.problems_of_nothing());
                } else if by_the_lot.power() < power - 3.0 * (power * (100.0f64 - power) / 400.0).sqrt() - slack(lots())
                {
                    problems.push(format!("{}: {:.1} % found, not {power}", by_the_lot.name, by_the_lot.power()));
                }
            }
        }
    }
    conclude(HEAD, &rows, &problems);
}

/// Journeys that are looked at every day. The larger ones are fewer, for they take longer.
fn looked_at(base: &Base, number: u64) {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let (all, few) = base.sizes();
    let effect = |name, treatment, supposed, at_most| Story { name, treatment, supposed, at_most };
    let stories = [
        effect("nothing", multiplied(0.0), 0.0, Some(5.0)),
        effect("+30 % spend", multiplied(0.3), 0.0, None),
        effect("+30 % buyers", more_buyers(0.3), 0.0, None),
        effect("+100 % spend", multiplied(1.0), 0.0, None),
        // Not exact: bets on multiplied spend, where more customers buy.
        effect("+100 % buyers, the true lift excluded", more_buyers(1.0), 1.0, Some(9.0)),
    ];
    for (times, journeys) in [(1, lots() * 5 / 4), (10, lots() / 8)] {
        for (i, control) in [few as f64 / all as f64, 0.3, 0.5].into_iter().enumerate() {
            for (j, story) in stories.into_iter().enumerate() {
                let seed = number + 100 * i as u64 + 10 * j as u64 + times as u64;
                let calls = Calls::of(base, seed, all * times, control, story, journeys);
                rows.push(calls.to_string());
                problems.extend(calls.problems());
            }
        }
    }
    conclude(
        "base, customers, control, effect                                                 | ever called | half by",
        &rows,
        &problems,
    );
}

#[test]
fn five_percent_buy_and_are_looked_at() {
    looked_at(&few_buyers(), 1_000);
}

#[test]
fn two_percent_buy_and_are_looked_at() {
    looked_at(&rare_buyers(), 2_000);
}
