//! Sharing a whole number out by weight, losing nothing.

/// The largest-remainder method: everybody gets the whole part of their share, and what is left goes one by one
/// to the largest fractions. Equal fractions go to whoever comes first.
pub(super) fn apportion(total: u64, weights: &[u64]) -> Vec<u64> {
    let weight_sum: u64 = weights.iter().sum();
    assert!(weight_sum > 0, "nobody to share with");
    let mut shares: Vec<u64> = weights.iter().map(|weight| total * weight / weight_sum).collect();
    let mut by_fraction: Vec<usize> = (0..weights.len()).collect();
    by_fraction.sort_by_key(|&index| std::cmp::Reverse(total * weights[index] % weight_sum));
    let left = total - shares.iter().sum::<u64>();
    for &index in by_fraction.iter().take(usize::try_from(left).expect("fewer than there are weights")) {
        shares[index] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::apportion;

    #[test]
    fn shares_add_up_and_the_largest_fractions_win() {
        assert_eq!(apportion(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(apportion(7, &[50, 30, 20]), [4, 2, 1]);
        assert_eq!(apportion(2, &[1, 1, 1000]), [0, 0, 2]);
    }
}
