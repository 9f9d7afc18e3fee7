//! Losses of a caller's own: mined by this crate's minings they are its own losses, and they train what they have.

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};
use pets_losses::{
    AllPairs, ContrastiveConfig, CrossBatchMemory, Distance, EmbeddingLoss, LabelledDistances,
    LossConfig, LossKind, MinedPairLoss, MinedPairs, MinedTripletLoss, Mining,
    MultiSimilarityMiner, PairMiner, PairTerm, Reducer, Triplet, TripletConfig, TripletMiner,
    TripletTerm,
};

use crate::evaluation::{
    Batch, assert_close, device, differentiate, label_tensor, matrix, numbers,
};

/// The hinge of the triplet loss.
#[derive(Module, Debug)]
struct TripletHinge {
    #[module(skip)]
    margin: f64,
}

impl TripletTerm for TripletHinge {
    fn terms(&self, positive: Tensor<1>, negative: Tensor<1>) -> Tensor<1> {
        let excess = positive - negative;
        excess.add_scalar(self.margin).clamp_min(0.0)
    }
}

/// The terms of the contrastive loss around a boundary that is learned.
#[derive(Module, Debug)]
struct Boundary {
    boundary: Param<Tensor<1>>,
}

impl Boundary {
    fn at(distance: f32) -> Self {
        let boundary = Tensor::from_floats([distance], &device());
        Self {
            boundary: Param::from_tensor(boundary),
        }
    }
}

impl PairTerm for Boundary {
    fn positive_terms(&self, distances: Tensor<1>) -> Tensor<1> {
        distances.mul_scalar(0.5)
    }

    fn negative_terms(&self, distances: Tensor<1>) -> Tensor<1> {
        let shortfalls = self.boundary.val() - distances;
        shortfalls.clamp_min(0.0).mul_scalar(0.5)
    }
}

/// Points without a pattern, no two distances of which are the same.
fn points(count: u16, dim: u16, phase: f32) -> Vec<Vec<f32>> {
    let coordinate = |i: u16| (f32::from(i).mul_add(12.9898, phase)).sin();
    (0..count)
        .map(|row| {
            (0..dim)
                .map(|column| coordinate(row * dim + column))
                .collect()
        })
        .collect()
}

fn batch(phase: f32) -> Batch {
    Batch {
        embeddings: points(14, 6, phase),
        labels: (0..14).map(|row| row % 4).collect(),
    }
}

fn memory() -> CrossBatchMemory {
    let mut memory = CrossBatchMemory::new(9).expect("the capacity is above 0");
    let labels: Vec<i64> = (0..9).map(|row| row % 5).collect();
    memory.remember(matrix(&points(9, 6, 50.0)), label_tensor(&labels));
    memory
}

fn assert_same(what: &str, own: &impl EmbeddingLoss, ours: &impl EmbeddingLoss) {
    let memory = memory();
    for phase in [0.3, 1.7, 2.9] {
        for memory in [None, Some(&memory)] {
            device().seed(11);
            let (own, _) = differentiate(own, &batch(phase), memory);
            device().seed(11);
            let (ours, _) = differentiate(ours, &batch(phase), memory);
            assert_close(what, &[own.value], &[ours.value]);
            assert_close(what, &own.gradient, &ours.gradient);
            assert!(ours.value > 0.0, "{what}: nothing to compare");
        }
    }
}

#[test]
fn hinges_over_mined_triplets_are_the_triplet_loss() {
    for mining in Mining::ALL {
        for distance in Distance::ALL {
            for (reducer, margin) in [(Reducer::MeanActive, 0.4), (Reducer::Sum, 0.1)] {
                let own = MinedTripletLoss {
                    term: TripletHinge { margin },
                    miner: mining.within(margin),
                    distance,
                    reducer,
                };
                let config = TripletConfig {
                    margin,
                    mining,
                    distance,
                    reducer,
                    ..TripletConfig::default()
                };
                let ours = config.init().expect("the margin is in range");
                assert_same(&format!("{mining}, {distance}, {reducer}"), &own, &ours);
            }
        }
    }
}

#[test]
fn an_infinite_margin_mines_every_valid_triplet() {
    let Batch { embeddings, labels } = batch(0.3);
    let batch = LabelledDistances::new(
        matrix(&embeddings),
        label_tensor(&labels),
        Distance::Euclidean,
    );
    let mined = Mining::BatchAll.within(f64::INFINITY).mine(&batch);
    let mut valid = 0;
    for anchor in 0..batch.anchors() {
        valid += batch.positives(anchor).count() * batch.negatives(anchor).count();
    }
    assert_eq!(mined.len(), valid);
    let label = |sample: usize| labels[sample];
    assert!(mined.iter().all(|triplet| {
        triplet.anchor != triplet.positive
            && label(triplet.anchor) == label(triplet.positive)
            && label(triplet.anchor) != label(triplet.negative)
    }));
}

#[test]
fn indices_are_the_places_of_the_triplets() {
    let triplets = [(4, 0, 2), (1, 3, 5)].map(|(anchor, positive, negative)| Triplet {
        anchor,
        positive,
        negative,
    });
    let indices = Triplet::indices(&triplets, &Device::flex());
    let places = indices.map(|places| places.into_data().iter::<i64>().collect::<Vec<_>>());
    assert_eq!(places, [[4, 1], [0, 3], [2, 5]]);
}

#[test]
fn terms_over_all_pairs_are_the_contrastive_loss() {
    for distance in Distance::ALL {
        let own = MinedPairLoss {
            term: Boundary::at(1.5),
            miner: AllPairs,
            distance,
            reducer: Reducer::Mean,
        };
        let config = ContrastiveConfig {
            margin: 1.5,
            distance,
            ..ContrastiveConfig::default()
        };
        let ours = config.init().expect("the margin is in range");
        assert_same(&distance.to_string(), &own, &ours);
    }
}

#[test]
fn a_parameter_of_a_loss_of_ones_own_has_a_gradient() {
    let loss = MinedPairLoss {
        term: Boundary::at(1.5),
        miner: AllPairs,
        distance: Distance::Euclidean,
        reducer: Reducer::MeanActive,
    };
    assert_eq!(loss.num_params(), 1);
    let (_, gradients) = differentiate(&loss, &batch(0.3), None);
    let gradient = loss.term.boundary.val().grad(&gradients);
    // Each active negative's term rises by half of what the boundary rises by.
    assert_close("boundary", &numbers(gradient.expect("it counts")), &[0.5]);
}

#[test]
fn informative_pairs_are_those_of_the_formula() {
    let on_a_line = [0.0, 1.0, 1.5, 4.0].map(|place| vec![place]);
    let batch = LabelledDistances::new(
        matrix(&on_a_line),
        label_tensor(&[0, 0, 1, 1]),
        Distance::Euclidean,
    );
    // The distance to the positive and to the negatives: 1 and 1.5, 4; 1 and 0.5, 3; 2.5 and 1.5, 0.5; 2.5 and 4, 3.
    let mined = MultiSimilarityMiner { epsilon: 0.1 }.mine(&batch);
    let expected = MinedPairs {
        positive: vec![(1, 0), (2, 3)],
        negative: vec![(1, 2), (2, 0), (2, 1)],
    };
    assert_eq!(mined, expected);
    let distances = numbers(batch.of_pairs(mined.negative));
    assert_close("distances", &distances, &[0.5, 1.5, 0.5]);
}

#[test]
fn nothing_mined_is_nothing_learned() {
    let one_class = Batch {
        labels: vec![0; 14],
        ..batch(0.3)
    };
    let loss = MinedTripletLoss {
        term: TripletHinge { margin: 0.2 },
        miner: Mining::BatchHard.within(0.2),
        distance: Distance::Euclidean,
        reducer: Reducer::Mean,
    };
    let (evaluated, _) = differentiate(&loss, &one_class, None);
    assert_close("value", &[evaluated.value], &[0.0]);
    assert!(evaluated.gradient.iter().all(|&value| value == 0.0));
    assert_eq!(evaluated.diagnostics.active_share, None);
}

#[test]
fn a_memory_changes_nothing_for_prototypes() {
    for kind in LossKind::ALL {
        if !kind.has_prototypes() {
            continue;
        }
        let loss = LossConfig::new(kind)
            .init(6, 4, &device())
            .expect("defaults are in range");
        let (alone, _) = differentiate(&loss, &batch(0.3), None);
        let (with, _) = differentiate(&loss, &batch(0.3), Some(&memory()));
        assert_close(kind.name(), &[with.value], &[alone.value]);
    }
}
