//! That all lots are as likely as one another.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::domain::experiment::spend::lots::{RowsTaken, take};

#[test]
fn every_choice_of_rows_is_as_likely() {
    let mut generator = ChaCha8Rng::seed_from_u64(19);
    for (rows, number, ways) in [(6usize, 2usize, 15.0), (6, 5, 6.0), (7, 3, 35.0), (5, 0, 1.0), (4, 4, 1.0)] {
        let (mut counts, draws) = (vec![0u32; 1 << rows], 40_000);
        for _ in 0..draws {
            let mut mask = [0u64];
            take(&mut mask, rows, number, &mut generator);
            counts[mask[0] as usize] += 1;
        }
        let expected = f64::from(draws) / ways;
        let seen = || counts.iter().enumerate().filter(|(_, count)| **count > 0);
        assert!(seen().all(|(mask, _)| mask.count_ones() as usize == number));
        assert_eq!(seen().count() as f64, ways);
        // Pearson's statistic: mean ways − 1, standard deviation √(2 (ways − 1)).
        let squares: f64 = seen().map(|(_, count)| (f64::from(*count) - expected).powi(2) / expected).sum();
        assert!(squares <= (ways - 1.0) + 5.0 * (2.0 * (ways - 1.0)).sqrt() + 1e-9, "{rows} {number}: {squares}");
    }
}

#[test]
fn many_rows_are_taken_one_as_often_as_another() {
    let mut generator = ChaCha8Rng::seed_from_u64(20);
    for number in [1usize, 37, 500, 999] {
        let mut counts = vec![0u32; 1000];
        for _ in 0..2_000 {
            let mut mask = vec![0u64; 16];
            take(&mut mask, 1000, number, &mut generator);
            (0..1000).for_each(|i| counts[i] += u32::from(mask[i / 64] >> (i % 64) & 1 == 1));
        }
        let expected = 2.0 * number as f64;
        let variance = expected * (1.0 - number as f64 / 1000.0);
        let squares: f64 = counts.iter().map(|count| (f64::from(*count) - expected).powi(2)).sum::<f64>() / variance;
        assert!((squares - 1000.0).abs() < 5.0 * 2000f64.sqrt(), "{number}: {squares}");
    }
}

#[test]
fn the_number_of_rows_is_hypergeometric() {
    // Johnson, Kotz and Kemp, Univariate Discrete Distributions, section 6.3: mean n K / N, variance n K/N (1 − K/N) (N − n)/(N − 1).
    let mut generator = ChaCha8Rng::seed_from_u64(21);
    for (all, rows, taken) in
        [(20usize, 5usize, 7usize), (1000, 1000, 100), (1000, 0, 100), (50, 40, 30), (1_000_000, 50_000, 100_000)]
    {
        let distribution = RowsTaken::new(all, rows, taken).unwrap();
        let draws: Vec<f64> = (0..20_000).map(|_| distribution.draw(&mut generator) as f64).collect();
        let share = rows as f64 / all as f64;
        let mean = taken as f64 * share;
        let variance = mean * (1.0 - share) * (all - taken) as f64 / (all - 1) as f64;
        let seen = draws.iter().sum::<f64>() / 20_000.0;
        let spread = draws.iter().map(|x| (x - seen).powi(2)).sum::<f64>() / 20_000.0;
        assert!((seen - mean).abs() <= 5.0 * (variance / 20_000.0).sqrt(), "{all} {rows} {taken}: {seen}");
        assert!((spread - variance).abs() <= 0.08 * variance, "{all} {rows} {taken}: {spread}");
    }
}
