//! Seeds of tests that play something at random: the same ones at each run, those that have failed once, and some that are fresh.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

/// What a test plays.
pub struct Seeds {
    /// Where the ones that fail are kept, under this name.
    test: String,
    pub seeds: Vec<u64>,
    /// Whether somebody has named the one seed to play.
    pub alone: bool,
}

fn file(test: &str) -> PathBuf {
    PathBuf::from(format!("{}/proptest-regressions/server/{test}.seeds", env!("CARGO_MANIFEST_DIR")))
}

fn kept(test: &str) -> Vec<u64> {
    let text = fs::read_to_string(file(test)).unwrap_or_default();
    text.lines().map(|line| line.parse().unwrap_or_else(|_| panic!("{test}: {line:?} is no seed"))).collect()
}

impl Seeds {
    /// The seed that the variable names, if it is set. Else the first `fixed` ones, those that are kept, and `fresh` others, which
    /// are printed.
    pub fn new(test: &str, variable: &str, fixed: u64, fresh: usize) -> Self {
        if let Ok(seed) = std::env::var(variable) {
            let seed = seed.parse().unwrap_or_else(|_| panic!("{variable} must be a number"));
            return Seeds { test: test.to_owned(), seeds: vec![seed], alone: true };
        }
        let mut seeds: Vec<u64> = (0..fixed).collect();
        seeds.extend(kept(test));
        let fresh: Vec<u64> = (0..fresh).map(|_| rand::random_range(1_000_000..1_000_000_000)).collect();
        println!("{test}: fresh seeds {fresh:?}; {variable}=... plays one of them");
        seeds.extend(fresh);
        Seeds { test: test.to_owned(), seeds, alone: false }
    }

    /// One more fresh seed, which is printed.
    pub fn another(&self) -> u64 {
        let seed = rand::random_range(1_000_000..1_000_000_000);
        println!("{}: one more seed {seed}", self.test);
        seed
    }

    /// Keeps a seed that has failed, so that it is played at each run from now on.
    pub fn keep(&self, seed: u64) {
        if self.alone || kept(&self.test).contains(&seed) {
            return;
        }
        let path = file(&self.test);
        fs::create_dir_all(path.parent().expect("a directory")).expect("a directory for seeds");
        let mut file = OpenOptions::new().create(true).append(true).open(path).expect("a file of seeds");
        writeln!(file, "{seed}").expect("writing a seed");
    }
}
