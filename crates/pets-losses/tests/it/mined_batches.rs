//! Random batches against the reference by explicit triplets.

use pets_losses::{ContrastiveConfig, LossConfig, Mining, Reducer, TripletConfig};
use proptest::prelude::*;

use crate::evaluation::{Batch, assert_close, assert_close_within, device, evaluate};
use crate::reference::Reference;

/// A random batch in which some rows are copies of others, or nearly so.
pub(crate) fn batches() -> impl Strategy<Value = Batch> {
    (1_usize..=14, 1_usize..=20)
        .prop_flat_map(|(batch, dim)| {
            let row = prop::collection::vec(-0.5_f32..0.5, dim);
            (
                prop::collection::vec(row, batch),
                prop::collection::vec(0_i64..4, batch),
                prop::collection::vec((0..batch, 0..batch, 0_u8..3), 0..3),
            )
        })
        .prop_map(|(mut embeddings, labels, copies)| {
            for (from, to, kind) in copies {
                let mut copy = embeddings[from].clone();
                match kind {
                    0 => copy[0] += 1e-3,
                    1 => copy.iter_mut().for_each(|value| *value += 0.02),
                    _ => {}
                }
                embeddings[to] = copy;
            }
            Batch { embeddings, labels }
        })
}

fn margins() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 0.01..4.0]
}

/// The kinds of mining that draw nothing at random.
fn minings() -> impl Strategy<Value = Mining> {
    prop::sample::select(vec![
        Mining::BatchAll,
        Mining::BatchHard,
        Mining::BatchSemiHard,
        Mining::MultiSimilarity,
    ])
}

fn reducers() -> impl Strategy<Value = Reducer> {
    prop::sample::select(&Reducer::ALL[..])
}

fn check(config: &LossConfig, batch: &Batch, expected: &Reference<'_>) {
    let loss = config
        .init(batch.embeddings[0].len(), 1, &device())
        .expect("margins are in range");
    let actual = evaluate(&loss, batch);
    let allowed = expected.allowed_error();
    assert_close_within("value", &[actual.value], &[expected.value()], allowed);
    assert_close_within("gradient", &actual.gradient, &expected.gradient(), allowed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn triplet_losses_agree(
        batch in batches(),
        mining in minings(),
        margin in margins(),
        reducer in reducers(),
    ) {
        let expected = Reference::triplet(&batch, mining, margin, reducer);
        prop_assume!(!expected.is_ambiguous());
        let config = TripletConfig { margin, mining, reducer, ..TripletConfig::default() };
        check(&LossConfig::Triplet(config), &batch, &expected);
    }

    #[test]
    fn contrastive_losses_agree(
        batch in batches(),
        margin in margins(),
        reducer in reducers(),
    ) {
        let expected = Reference::contrastive(&batch, margin, reducer);
        prop_assume!(!expected.is_ambiguous());
        let config = ContrastiveConfig { margin, reducer, ..ContrastiveConfig::default() };
        check(&LossConfig::Contrastive(config), &batch, &expected);
    }
}

/// A batch of four on a line whose triplets can be counted by hand.
fn on_a_line() -> Batch {
    Batch {
        embeddings: [0.0, 1.0, 1.5, 4.0].map(|place| vec![place]).to_vec(),
        labels: vec![0, 0, 1, 1],
    }
}

#[test]
fn diagnostics_count_what_was_mined() {
    let diagnostics = |mining| {
        let config = TripletConfig {
            margin: 1.0,
            mining,
            ..TripletConfig::default()
        };
        let loss = LossConfig::Triplet(config)
            .init(1, 1, &device())
            .expect("the margin is in range");
        evaluate(&loss, &on_a_line()).diagnostics
    };
    // Sample by sample, the distance to the positive and to the negatives:
    // 1 and 1.5, 4; 1 and 0.5, 3; 2.5 and 1.5, 0.5; 2.5 and 4, 3. A negative below the first plus 1 is active.
    let all = diagnostics(Mining::BatchAll);
    assert_eq!(all.active_share, Some(5.0 / 8.0));
    assert!((all.mean_positive_distance.expect("there are positives") - 1.75).abs() < 1e-6);
    assert!((all.mean_negative_distance.expect("there are negatives") - 2.25).abs() < 1e-6);
    assert!(!all.fallback);
    assert!((all.embedding_norm.expect("there are embeddings") - 1.625).abs() < 1e-6);

    assert_eq!(diagnostics(Mining::BatchHard).active_share, Some(1.0));
    assert_eq!(
        diagnostics(Mining::BatchSemiHard).active_share,
        Some(2.0 / 8.0)
    );
}

#[test]
fn semi_hard_says_when_it_fell_back() {
    let semi_hard = TripletConfig {
        margin: 0.1,
        mining: Mining::BatchSemiHard,
        ..TripletConfig::default()
    };
    let loss = LossConfig::Triplet(semi_hard)
        .init(1, 1, &device())
        .expect("the margin is in range");
    let inverted = Batch {
        embeddings: [0.0, 3.0, 0.5, 3.5].map(|place| vec![place]).to_vec(),
        labels: vec![0, 0, 1, 1],
    };
    let evaluated = evaluate(&loss, &inverted);
    assert!(evaluated.diagnostics.fallback);
    assert_eq!(evaluated.diagnostics.active_share, Some(1.0));
    assert!(evaluated.value > 0.0);

    let one_class = Batch {
        labels: vec![0; 4],
        ..inverted
    };
    assert!(!evaluate(&loss, &one_class).diagnostics.fallback);
}

/// With one negative there is nothing to draw.
#[test]
fn distance_weighted_mining_takes_the_only_negative() {
    let batch = Batch {
        embeddings: vec![
            vec![1.0, 0.0],
            vec![0.6, 0.8],
            vec![0.8, 0.6],
            vec![0.0, 1.0],
        ],
        labels: vec![0, 0, 0, 1],
    };
    let run = |mining| {
        let config = TripletConfig {
            mining,
            ..TripletConfig::default()
        };
        let loss = LossConfig::Triplet(config)
            .init(2, 1, &device())
            .expect("defaults are in range");
        evaluate(&loss, &batch)
    };
    let (drawn, all) = (run(Mining::DistanceWeighted), run(Mining::BatchAll));
    assert!(all.value > 0.0);
    assert_close("value", &[drawn.value], &[all.value]);
    assert_close("gradient", &drawn.gradient, &all.gradient);
    assert_eq!(drawn.diagnostics.active_share, all.diagnostics.active_share);
}

#[test]
fn a_seed_repeats_the_negatives_drawn() {
    let batch = Batch {
        embeddings: (0..24_u16)
            .map(|i| {
                let angle = f32::from(i * i) / 20.0;
                vec![angle.cos(), angle.sin(), 0.5]
            })
            .collect(),
        labels: (0..24).map(|i| i / 3).collect(),
    };
    let config = TripletConfig {
        margin: 2.0,
        mining: Mining::DistanceWeighted,
        ..TripletConfig::default()
    };
    let loss = LossConfig::Triplet(config)
        .init(3, 1, &device())
        .expect("the margin is in range");
    let run = |seed| {
        device().seed(seed);
        evaluate(&loss, &batch).gradient
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}
