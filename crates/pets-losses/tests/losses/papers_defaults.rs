//! One batch under the papers' parameters, which are the defaults where not said otherwise. The values come from a
//! program of its own, in Python with `NumPy` and float64.

use pets_losses::{ArcFaceConfig, ContrastiveConfig, LossConfig, LossKind, Mining, TripletConfig};

use crate::evaluation::{Batch, assert_close, device, evaluate, with_prototypes};

fn check(config: &LossConfig, expected: f64) {
    let rows = |rows: &[[f32; 3]]| rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>();
    let batch = Batch {
        embeddings: rows(&[
            [1.0, 0.2, 0.1],
            [0.9, 0.4, -0.2],
            [0.1, 1.0, 0.3],
            [0.3, 0.8, -0.5],
            [-0.2, 0.1, 1.0],
            [0.8, 0.3, 0.9],
        ]),
        labels: vec![0, 0, 1, 1, 2, 2],
    };
    let prototypes = rows(&[[1.0, 0.1, 0.0], [0.2, 1.0, 0.1], [0.1, -0.3, 1.0]]);
    let loss = config.init(3, 3, &device()).expect("in range");
    let actual = evaluate(&with_prototypes(loss, &prototypes), &batch);
    assert_close(&config.kind().to_string(), &[actual.value], &[expected]);
}

#[test]
fn the_defaults_are_the_papers() {
    for (kind, expected) in [
        (LossKind::MultiSimilarity, 0.188_340_157_540_916),
        (LossKind::SupCon, 0.562_803_710_726_879),
        (LossKind::Circle, 15.172_640_014_424_96),
        (LossKind::LiftedStructure, 1.923_358_240_039_452),
        (LossKind::CosFace, 3.555_562_240_513_761),
        (LossKind::NormalizedSoftmax, 0.088_568_562_161_387),
        (LossKind::ProxyAnchor, 17.507_594_256_768_34),
    ] {
        check(&LossConfig::new(kind), expected);
    }
}

#[test]
fn arcface_defaults_to_a_smaller_scale_than_the_paper() {
    check(&LossConfig::new(LossKind::ArcFace), 2.141_608_095_177_158);
    let papers = ArcFaceConfig {
        scale: 64.0,
        ..ArcFaceConfig::default()
    };
    check(&LossConfig::ArcFace(papers), 4.452_050_533_681_437);
}

#[test]
fn contrastive_as_hadsell_has_it() {
    let papers = ContrastiveConfig {
        margin: 1.0,
        squared: true,
        ..ContrastiveConfig::default()
    };
    check(&LossConfig::Contrastive(papers), 0.321_526_070_454_669);
}

#[test]
fn batch_hard_with_a_soft_margin_as_hermans_has_it() {
    let papers = TripletConfig {
        soft_margin: true,
        mining: Mining::BatchHard,
        ..TripletConfig::default()
    };
    check(&LossConfig::Triplet(papers), 0.618_290_892_222_192);
}
