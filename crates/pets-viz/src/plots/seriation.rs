//! An order in which similar things stand side by side.

/// Orders `n` things by how similar they are: the two most similar groups are joined (average
/// linkage) until one is left, each time turned so that the most similar ends meet.
///
/// `similarities` is `[n, n]`, row by row; what stands at (a, b) and at (b, a) counts alike. Equal
/// similarities keep the order given.
pub(crate) fn by_similarity(similarities: &[f64], n: usize) -> Vec<usize> {
    let similar = |a: usize, b: usize| similarities[a * n + b] + similarities[b * n + a];
    let mut groups: Vec<Vec<usize>> = (0..n).map(|index| vec![index]).collect();
    while groups.len() > 1 {
        let linkage = |a: &[usize], b: &[usize]| {
            let sum: f64 = a
                .iter()
                .flat_map(|x| b.iter().map(|y| similar(*x, *y)))
                .sum();
            sum / (a.len() * b.len()) as f64
        };
        let mut best = (f64::NEG_INFINITY, 0, 1);
        for a in 0..groups.len() {
            for b in a + 1..groups.len() {
                let found = linkage(&groups[a], &groups[b]);
                if found > best.0 {
                    best = (found, a, b);
                }
            }
        }
        let (_, a, b) = best;
        let second = groups.remove(b);
        groups[a] = joined(&groups[a], &second, similar);
    }
    groups.pop().unwrap_or_default()
}

/// The two groups one after the other, either or both reversed where more similar ends then meet.
fn joined(first: &[usize], second: &[usize], similar: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let reversed = |group: &[usize]| group.iter().rev().copied().collect::<Vec<_>>();
    let (forth, back) = (
        [first.to_vec(), reversed(first)],
        [second.to_vec(), reversed(second)],
    );
    let mut best: Option<(f64, Vec<usize>)> = None;
    for before in &forth {
        for after in &back {
            let meeting = similar(before[before.len() - 1], after[0]);
            if best.as_ref().is_none_or(|(found, _)| meeting > *found) {
                best = Some((meeting, [before.as_slice(), after].concat()));
            }
        }
    }
    best.map(|(_, order)| order).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffled_chain_is_put_in_line() {
        // Thing i stands at place[i]; those at neighbouring places are alike.
        let place = [3usize, 0, 5, 1, 4, 2];
        let n = place.len();
        let similarities: Vec<f64> = (0..n * n)
            .map(|cell| {
                let apart = place[cell / n].abs_diff(place[cell % n]);
                (-(apart as f64)).exp()
            })
            .collect();
        let places: Vec<usize> = by_similarity(&similarities, n)
            .into_iter()
            .map(|thing| place[thing])
            .collect();
        let steps = places
            .windows(2)
            .filter(|pair| pair[0].abs_diff(pair[1]) == 1);
        assert!(steps.count() >= n - 2, "{places:?}");
    }

    #[test]
    fn things_without_similarities_keep_their_order() {
        assert_eq!(by_similarity(&[0.0; 16], 4), [0, 1, 2, 3]);
        assert_eq!(by_similarity(&[1.0], 1), [0]);
        assert!(by_similarity(&[], 0).is_empty());
    }

    #[test]
    fn groups_stay_together() {
        // Even things are alike, and so are odd ones.
        let similarities: Vec<f64> = (0..64)
            .map(|cell| f64::from(u8::from((cell / 8 + cell % 8) % 2 == 0)))
            .collect();
        let order = by_similarity(&similarities, 8);
        let changes = order.windows(2).filter(|pair| pair[0] % 2 != pair[1] % 2);
        assert_eq!(changes.count(), 1, "{order:?}");
    }
}
