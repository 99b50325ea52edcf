//! Where in a draw a customer stands: the same each time, without a state, and of any draw that has a name.

use sha2::{Digest, Sha256};

/// A number from 0 to below 1 that depends on the customer and on what is drawn, and on nothing else: the first 52 bits of
/// SHA-256 of `of/customer`, both in UTF-8.
pub fn hash_share(customer: &[u8], of: &[u8]) -> f64 {
    let mut hash = Sha256::new();
    hash.update(of);
    hash.update(b"/");
    hash.update(customer);
    let digest = hash.finalize();
    let bits = digest[..8].iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte)) >> 12;
    // 52 bits fit a floating-point number exactly.
    bits as f64 / (1u64 << 52) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_what_sha_256_says() {
        // printf '%s' 'store/42' | sha256sum
        assert_eq!(hash_share(b"42", b"store"), 0x6_ca76_3e0e_53f1u64 as f64 / (1u64 << 52) as f64);
    }

    #[test]
    fn shares_are_even_and_draws_do_not_depend_on_each_other() {
        let (mut first, mut both) = (0, 0);
        for customer in 0..20_000 {
            let customer = customer.to_string();
            let draw = |of: &str| hash_share(customer.as_bytes(), of.as_bytes()) < 0.3;
            first += i32::from(draw("store"));
            both += i32::from(draw("store") && draw("journey/welcome"));
        }
        assert!((5_800..6_200).contains(&first), "{first}");
        assert!((1_650..1_950).contains(&both), "{both}");
    }
}
