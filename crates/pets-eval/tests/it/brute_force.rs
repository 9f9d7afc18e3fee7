//! Streamed metrics against the same metrics by definition, on small sets full of ties and duplicates.

#![allow(clippy::float_cmp, reason = "exact values are meant")]

use crate::reference;
use pets_eval::{
    Embeddings, VerificationPairs, evaluate_retrieval, evaluate_verification, nearest, search,
};
use proptest::prelude::*;

const K_VALUES: [usize; 4] = [1, 3, 10, 100];

/// Up to 40 rows: on a coarse grid, where ties abound, or anywhere.
fn embeddings() -> impl Strategy<Value = Embeddings> {
    let grid = (-2i8..=2).prop_map(f32::from).boxed();
    let anywhere = (-1.0f32..1.0).boxed();
    (1usize..=40, 1usize..=9, 1u32..=12, any::<bool>()).prop_flat_map(
        move |(rows, dim, classes, coarse)| {
            let value = if coarse { &grid } else { &anywhere }.clone();
            let data = prop::collection::vec(value, rows * dim);
            let labels = prop::collection::vec(0..classes, rows);
            (data, labels).prop_map(move |(data, labels)| {
                Embeddings::new(data, dim, labels).expect("finite, whole rows")
            })
        },
    )
}

fn close(a: Option<f64>, b: f64) -> bool {
    a.is_some_and(|a| (a - b).abs() < 1e-12)
}

proptest! {
    #[test]
    fn verification_equals_the_definition(embeddings in embeddings()) {
        let pairs = reference::pairs(&embeddings);
        let positive_pairs = pairs.iter().filter(|pair| pair.1).count();
        let found = evaluate_verification(&embeddings, VerificationPairs::All, &()).expect("all pairs");
        prop_assert_eq!(found.pairs, pairs.len() as u64);
        prop_assert_eq!(found.positive_pairs, positive_pairs as u64);
        if positive_pairs == 0 || positive_pairs == pairs.len() {
            prop_assert!(found.undefined.is_some());
            prop_assert_eq!((found.roc_auc, found.eer, found.roc.len()), (None, None, 0));
            return Ok(());
        }
        let roc = reference::roc(&pairs);
        prop_assert!(close(found.roc_auc, reference::auc(&pairs)));
        prop_assert!(close(found.eer, reference::equal_error_rate(&roc)));
        for point in &found.true_accept_rate {
            let rate = reference::true_accept_rate(&roc, point.false_accept_rate);
            prop_assert!((point.true_accept_rate - rate).abs() < 1e-12);
            let accepted = pairs
                .iter()
                .filter(|pair| pair.1 && point.threshold.is_some_and(|far| pair.0 <= far))
                .count();
            prop_assert!((accepted as f64 / positive_pairs as f64 - rate).abs() < 1e-12);
        }
        for point in &found.roc {
            let accepted = |positive| {
                pairs
                    .iter()
                    .filter(|pair| pair.1 == positive)
                    .filter(|pair| point.threshold.is_some_and(|far| pair.0 <= far))
                    .count() as f64
            };
            let negative_pairs = (pairs.len() - positive_pairs) as f64;
            prop_assert!((point.false_accept_rate - accepted(false) / negative_pairs).abs() < 1e-12);
            prop_assert!((point.true_accept_rate - accepted(true) / positive_pairs as f64).abs() < 1e-12);
        }
        let histogram = found.histogram.expect("defined");
        let farthest = pairs.last().expect("there are pairs").0;
        prop_assert!(histogram.bin_width * 100.0 >= farthest * (1.0 - 1e-12));
        prop_assert_eq!(histogram.positive.iter().sum::<u64>(), positive_pairs as u64);
        prop_assert_eq!(
            histogram.negative.iter().sum::<u64>(),
            (pairs.len() - positive_pairs) as u64
        );
    }

    #[test]
    fn the_equal_error_threshold_balances_the_errors(embeddings in embeddings()) {
        let found = evaluate_verification(&embeddings, VerificationPairs::All, &()).expect("all pairs");
        let (Some(eer), Some(threshold)) = (found.eer, found.eer_threshold) else {
            return Ok(());
        };
        let pairs = reference::pairs(&embeddings);
        let slack = 1.0 / 16_384.0 * (1.0 + pairs.last().expect("defined").0);
        let share = |positive: bool, below: f64| {
            let all = pairs.iter().filter(|pair| pair.1 == positive);
            all.clone().filter(|pair| pair.0 <= below).count() as f64 / all.count() as f64
        };
        let (near, far) = (threshold - slack, threshold + slack);
        prop_assert!(share(false, near) <= eer + 1e-12 && 1.0 - share(true, near) >= eer - 1e-12);
        prop_assert!(share(false, far) >= eer - 1e-12 && 1.0 - share(true, far) <= eer + 1e-12);
    }

    #[test]
    fn retrieval_equals_the_definition(embeddings in embeddings()) {
        let found = evaluate_retrieval(&embeddings, &K_VALUES, &()).expect("valid k");
        let expected = reference::retrieval(&embeddings, &K_VALUES);
        let summary = &found.summary;
        prop_assert_eq!(summary.queries, expected.queries);
        prop_assert_eq!(summary.queries_left_out, embeddings.len() - expected.queries);
        prop_assert_eq!(summary.undefined.is_some(), expected.queries == 0);
        if expected.queries == 0 {
            prop_assert_eq!((summary.mrr, summary.at_k[&1].recall), (None, None));
            return Ok(());
        }
        prop_assert!(close(summary.r_precision, expected.r_precision));
        prop_assert!(close(summary.map_at_r, expected.map_at_r));
        prop_assert!(close(summary.mrr, expected.mrr));
        for (position, k) in K_VALUES.iter().enumerate() {
            prop_assert!(close(summary.at_k[k].recall, expected.recall[position]));
            prop_assert!(close(summary.at_k[k].precision, expected.precision[position]));
        }
        for query in &found.per_query {
            let first = reference::ranking(&embeddings, query.index)
                .into_iter()
                .position(|row| embeddings.labels()[row] == query.label)
                .expect("kept queries have a relevant sample");
            prop_assert_eq!(query.first_hit, first + 1);
        }
        let by_class: f64 = summary
            .classes
            .iter()
            .filter_map(|class| class.recall_at_1.map(|recall| recall * class.queries as f64))
            .sum();
        prop_assert!(close(summary.at_k[&1].recall, by_class / expected.queries as f64));
    }

    #[test]
    fn neighbours_equal_a_full_sort(embeddings in embeddings(), k in 1usize..50) {
        let queries: Vec<usize> = (0..embeddings.len()).rev().collect();
        let found = nearest(&embeddings, &queries, k, &()).expect("valid k");
        for (&query, neighbors) in queries.iter().zip(&found) {
            let mut expected = reference::ranking(&embeddings, query);
            expected.truncate(k);
            let rows: Vec<usize> = neighbors.iter().map(|neighbor| neighbor.index).collect();
            prop_assert_eq!(rows, expected);
            for neighbor in neighbors {
                let distance = reference::distance(&embeddings, query, neighbor.index);
                prop_assert!((neighbor.distance - distance).abs() < 1e-12);
            }
        }
        let selves = search(&embeddings, embeddings.as_slice(), 1, &()).expect("valid k");
        for (row, neighbors) in selves.iter().enumerate() {
            prop_assert_eq!(neighbors[0].distance, 0.0);
            prop_assert!(neighbors[0].index <= row);
        }
    }

    #[test]
    fn neighbours_equal_a_full_sort_at_any_scale(
        embeddings in embeddings(),
        scale in prop::sample::select(vec![1e-42_f32, 1e-22, 1e-6, 1e9, 1e18, 1e19, 1e20, 1e36]),
        shift in prop::sample::select(vec![0.0_f32, 1.0, 100.0]),
        k in 1_usize..8,
    ) {
        // Shifted rows are close together beside their length, which inner products in float32 do not tell apart.
        let data = embeddings.as_slice().iter().map(|value| (value + shift) * scale).collect();
        let embeddings = Embeddings::new(data, embeddings.dim(), embeddings.labels().to_vec())
            .expect("scaled values are finite");
        let queries: Vec<usize> = (0..embeddings.len()).collect();
        let found = nearest(&embeddings, &queries, k, &()).expect("valid k");
        for (query, neighbors) in found.iter().enumerate() {
            let mut expected = reference::ranking(&embeddings, query);
            expected.truncate(k);
            let rows: Vec<usize> = neighbors.iter().map(|neighbor| neighbor.index).collect();
            prop_assert_eq!(rows, expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_order_of_rows_does_not_matter_without_ties(
        data in prop::collection::vec(-1.0f32..1.0, 30 * 4),
        order in Just((0usize..30).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let labels = (0..30).map(|row| row % 4).collect();
        let embeddings = Embeddings::new(data, 4, labels).expect("finite, whole rows");
        let distances = reference::pairs(&embeddings);
        prop_assume!(distances.windows(2).all(|near| near[0].0 < near[1].0));
        let shuffled = embeddings.select(&order).expect("rows exist");
        prop_assert_eq!(
            evaluate_verification(&embeddings, VerificationPairs::All, &()),
            evaluate_verification(&shuffled, VerificationPairs::All, &())
        );
        let (a, b) = (
            evaluate_retrieval(&embeddings, &K_VALUES, &()).expect("valid k").summary,
            evaluate_retrieval(&shuffled, &K_VALUES, &()).expect("valid k").summary,
        );
        prop_assert!(close(a.map_at_r, b.map_at_r.expect("defined")));
        prop_assert!(close(a.mrr, b.mrr.expect("defined")));
        for k in K_VALUES {
            prop_assert!(close(a.at_k[&k].precision, b.at_k[&k].precision.expect("defined")));
        }
    }
}
