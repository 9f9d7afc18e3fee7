//! One batch under the papers' parameters, which are the defaults where not said otherwise. The values come from
//! `tests/golden/make_goldens.py`.

use std::collections::BTreeMap;

use pets_losses::{ArcFaceConfig, ContrastiveConfig, LossConfig, LossKind, Mining, TripletConfig};
use serde::Deserialize;

use crate::evaluation::{Batch, assert_close, device, evaluate, with_prototypes};

#[derive(Deserialize)]
struct Golden {
    embeddings: Vec<Vec<f32>>,
    labels: Vec<i64>,
    prototypes: Vec<Vec<f32>>,
    values: BTreeMap<String, f64>,
}

fn check(config: &LossConfig, name: &str) {
    let golden: Golden = serde_json::from_str(include_str!("../golden/papers_defaults.json"))
        .expect("a batch with values");
    let batch = Batch {
        embeddings: golden.embeddings,
        labels: golden.labels,
    };
    let loss = config.init(3, 3, &device()).expect("in range");
    let actual = evaluate(&with_prototypes(loss, &golden.prototypes), &batch);
    assert_close(name, &[actual.value], &[golden.values[name]]);
}

#[test]
fn the_defaults_are_the_papers() {
    for kind in [
        LossKind::MultiSimilarity,
        LossKind::SupCon,
        LossKind::Circle,
        LossKind::LiftedStructure,
        LossKind::CosFace,
        LossKind::NormalizedSoftmax,
        LossKind::ProxyAnchor,
    ] {
        check(&LossConfig::new(kind), kind.name());
    }
}

#[test]
fn arcface_defaults_to_a_smaller_scale_than_the_paper() {
    check(&LossConfig::new(LossKind::ArcFace), "arcface, scale 30");
    let papers = ArcFaceConfig {
        scale: 64.0,
        ..ArcFaceConfig::default()
    };
    check(&LossConfig::ArcFace(papers), "arcface, scale 64");
}

#[test]
fn contrastive_as_hadsell_has_it() {
    let papers = ContrastiveConfig {
        margin: 1.0,
        squared: true,
        ..ContrastiveConfig::default()
    };
    check(&LossConfig::Contrastive(papers), "contrastive, squared");
}

#[test]
fn batch_hard_with_a_soft_margin_as_hermans_has_it() {
    let papers = TripletConfig {
        soft_margin: true,
        mining: Mining::BatchHard,
        ..TripletConfig::default()
    };
    check(&LossConfig::Triplet(papers), "triplet, soft margin");
}
