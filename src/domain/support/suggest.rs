//! "Did you mean": the name that the caller probably meant.

/// No name is longer: more than this is not compared, for that would take as long as the name is.
const LONGEST: usize = 100;

/// How many letters two names differ in, whatever their case.
pub fn distance(one: &str, other: &str) -> usize {
    strsim::damerau_levenshtein(&one.to_lowercase(), &other.to_lowercase())
}

/// The name that was probably meant, if one is near: but for a few letters the same, or the same with something before or after it.
pub fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    nearest_few(name, names, 1).into_iter().next()
}

/// The names that were probably meant, the nearest first, so many at most.
pub fn nearest_few<'a>(name: &str, names: &[&'a str], most: usize) -> Vec<&'a str> {
    if name.chars().nth(LONGEST).is_some() {
        return Vec::new();
    }
    let asked = name.to_lowercase();
    let distance = |other: &str| {
        if asked.len() >= 3 && other.to_lowercase().contains(&asked) && other.to_lowercase() != asked {
            1
        } else {
            self::distance(&asked, other)
        }
    };
    let short = names.iter().filter(|other| other.chars().nth(LONGEST).is_none());
    // A third of the letters may differ: more is another word.
    let farthest = 1.max(name.chars().count() / 3);
    let mut near: Vec<(usize, &str)> =
        short.map(|other| (distance(other), *other)).filter(|(distance, _)| *distance <= farthest).collect();
    near.sort_unstable();
    near.into_iter().map(|(_, name)| name).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_may_differ_or_be_missing_at_an_end() {
        let names = ["customer_id", "ordered_at", "total", "status"];
        assert_eq!(nearest("totl", &names), Some("total"));
        assert_eq!(nearest("Status", &names), Some("status"));
        assert_eq!(nearest("customer", &names), Some("customer_id"));
        assert_eq!(nearest("x", &names), None);
        assert_eq!(nearest("", &names), None);
        assert_eq!(nearest("country", &names), None);
        assert_eq!(nearest("total", &[]), None);
    }

    #[test]
    fn a_long_name_is_near_to_none() {
        let hundred = "é".repeat(100);
        assert_eq!(nearest(&hundred[2..], &[&hundred]), Some(hundred.as_str()));
        for long in [101, 1_000_000, 50_000_000] {
            let long = "x".repeat(long);
            assert_eq!(nearest(&long, &[&long, "total"]), None);
            assert_eq!(nearest("total", &[&long, "totl"]), Some("totl"));
        }
    }
}
