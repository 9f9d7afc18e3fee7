//! Queries against a separate gallery, the worst failures, and classification by neighbours.

#![allow(clippy::float_cmp, reason = "exact values are meant")]

use std::collections::BTreeMap;

use crate::reference;
use pets_eval::{Embeddings, EvalError, Queries, evaluate_knn, evaluate_retrieval, worst_failures};
use proptest::prelude::*;

const K_VALUES: [usize; 3] = [1, 4, 30];

/// Queries and a gallery of one dimension, on a coarse grid where ties abound, not all classes in both.
fn two_sets() -> impl Strategy<Value = (Embeddings, Embeddings)> {
    (1usize..=5).prop_flat_map(|dim| {
        let set = move |classes: std::ops::Range<u32>| {
            (1usize..=25).prop_flat_map(move |rows| {
                let value = (-2i8..=2).prop_map(f32::from);
                let data = prop::collection::vec(value, rows * dim);
                let labels = prop::collection::vec(classes.clone(), rows);
                (data, labels).prop_map(move |(data, labels)| {
                    Embeddings::new(data, dim, labels).expect("finite, whole rows")
                })
            })
        };
        (set(0..6), set(2..8))
    })
}

fn close(a: Option<f64>, b: f64) -> bool {
    a.is_some_and(|a| (a - b).abs() < 1e-12)
}

proptest! {
    #[test]
    fn retrieval_against_a_gallery_equals_the_definition((queries, gallery) in two_sets()) {
        let against = Queries::against(&queries, &gallery).expect("one dimension");
        let found = evaluate_retrieval(against, &K_VALUES, &()).expect("valid k").summary;
        let expected = reference::retrieval_against(&queries, &gallery, &K_VALUES);
        prop_assert_eq!(found.queries, expected.queries);
        prop_assert_eq!(found.queries + found.queries_left_out, queries.len());
        if expected.queries == 0 {
            prop_assert!(found.undefined.is_some() && found.mrr.is_none());
            return Ok(());
        }
        prop_assert!(close(found.r_precision, expected.r_precision));
        prop_assert!(close(found.map_at_r, expected.map_at_r));
        prop_assert!(close(found.mrr, expected.mrr));
        for (position, k) in K_VALUES.iter().enumerate() {
            prop_assert!(close(found.at_k[k].recall, expected.recall[position]));
            prop_assert!(close(found.at_k[k].precision, expected.precision[position]));
        }
        let kept: usize = found.classes.iter().map(|class| class.queries).sum();
        prop_assert_eq!(kept, found.queries);
    }

    #[test]
    fn classification_equals_the_definition((queries, gallery) in two_sets(), k in 1usize..12) {
        let against = Queries::against(&queries, &gallery).expect("one dimension");
        let other = evaluate_knn(against, k, &()).expect("valid k");
        let own = evaluate_knn(&queries, k, &()).expect("valid k");
        let mut correct = [0.0, 0.0];
        for query in 0..queries.len() {
            let label = queries.labels()[query];
            let rankings = [
                (reference::ranking_against(&queries, query, &gallery), &gallery),
                (reference::ranking(&queries, query), &queries),
            ];
            for (correct, (ranking, set)) in correct.iter_mut().zip(rankings) {
                let voters: Vec<u32> = ranking.iter().take(k).map(|&row| set.labels()[row]).collect();
                *correct += f64::from(u8::from(elected(&voters) == Some(label)));
            }
        }
        prop_assert!(close(other.accuracy, correct[0] / queries.len() as f64));
        prop_assert_eq!(other.queries, queries.len() as u64);
        if queries.len() == 1 {
            prop_assert!(own.accuracy.is_none() && own.undefined.is_some());
        } else {
            prop_assert!(close(own.accuracy, correct[1] / queries.len() as f64));
        }
        for row in &other.confusion.rows {
            let samples = queries.labels().iter().filter(|&&label| label == row.label).count();
            prop_assert_eq!(row.predicted.values().sum::<u64>(), samples as u64);
            prop_assert!(row.predicted.keys().all(|label| gallery.labels().contains(label)));
        }
    }

    #[test]
    fn failures_are_the_queries_with_a_wrong_neighbour((queries, gallery) in two_sets()) {
        let against = Queries::against(&queries, &gallery).expect("one dimension");
        let per_query = evaluate_retrieval(against, &[1], &()).expect("valid k").per_query;
        let failures = worst_failures(against, &per_query, usize::MAX, 3, &()).expect("same rows");
        let wrong = per_query.iter().filter(|query| query.first_hit > 1).count();
        prop_assert_eq!(failures.len(), wrong);
        prop_assert!(failures.windows(2).all(|two| two[0].first_hit >= two[1].first_hit));
        for failure in &failures {
            let mut ranking = reference::ranking_against(&queries, failure.query, &gallery);
            ranking.truncate(3);
            let rows: Vec<usize> = failure.retrieved.iter().map(|found| found.index).collect();
            prop_assert_eq!(rows, ranking);
            prop_assert_ne!(failure.retrieved[0].label, failure.label);
            for found in &failure.retrieved {
                prop_assert_eq!(found.label, gallery.labels()[found.index]);
            }
        }
        let worst = worst_failures(against, &per_query, 2, 3, &()).expect("same rows");
        prop_assert_eq!(&worst[..], &failures[..wrong.min(2)]);
    }
}

/// The label with most votes, of equals the one that comes first.
fn elected(voters: &[u32]) -> Option<u32> {
    let mut votes = BTreeMap::new();
    for (rank, &label) in voters.iter().enumerate() {
        votes.entry(label).or_insert((0, usize::MAX - rank)).0 += 1;
    }
    votes
        .into_iter()
        .max_by_key(|&(_, votes)| votes)
        .map(|(label, _)| label)
}

#[test]
fn a_gallery_of_the_queries_themselves_finds_them() {
    let embeddings = Embeddings::new(vec![0.0, 5.0, 1.0], 1, vec![0, 1, 0]).expect("valid");
    let against = Queries::against(&embeddings, &embeddings).expect("one dimension");
    let found = evaluate_retrieval(against, &[1], &())
        .expect("valid k")
        .summary;
    assert_eq!((found.queries, found.at_k[&1].recall), (3, Some(1.0)));
    let left_out = evaluate_retrieval(&embeddings, &[1], &())
        .expect("valid k")
        .summary;
    assert_eq!((left_out.queries, left_out.queries_left_out), (2, 1));
}

#[test]
fn sets_that_do_not_fit_are_errors() {
    let flat = Embeddings::new(vec![0.0, 1.0], 1, vec![0, 1]).expect("valid");
    let wide = Embeddings::new(vec![0.0, 1.0], 2, vec![0]).expect("valid");
    let error = Queries::against(&flat, &wide).expect_err("two dimensions");
    assert_eq!(
        error,
        EvalError::DifferentDimensions {
            queries: 1,
            gallery: 2
        }
    );
    let error = evaluate_knn(&flat, 0, &()).expect_err("no voter");
    assert!(matches!(error, EvalError::Setting { name: "k", .. }));
    let foreign = evaluate_retrieval(
        &Embeddings::new(vec![0.0, 9.0, 1.0, 8.0], 1, vec![0, 1, 1, 0]).expect("valid"),
        &[1],
        &(),
    );
    let error = worst_failures(&flat, &foreign.expect("valid k").per_query, 9, 1, &());
    assert!(matches!(
        error,
        Err(EvalError::RowOutOfRange { rows: 2, .. })
    ));
}
