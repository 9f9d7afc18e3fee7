//! Names, formats and ranges of the description.

use burn::module::Module;
use pets_losses::{Distance, LossConfig, LossError, LossKind, Mining};

use crate::evaluation::device;

#[test]
fn names_are_the_same_in_text_and_in_serde() {
    let quoted = |name: &dyn std::fmt::Display| format!("\"{name}\"");
    for kind in LossKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
        assert_eq!(serde_json::to_string(&kind).expect("a name"), quoted(&kind));
        let tag = serde_json::to_value(LossConfig::new(kind)).expect("an object")["type"].clone();
        assert_eq!(tag.to_string(), quoted(&kind));
    }
    for mining in Mining::ALL {
        assert_eq!(mining.to_string().parse(), Ok(mining));
        assert_eq!(
            serde_json::to_string(&mining).expect("a name"),
            quoted(&mining)
        );
    }
    for distance in Distance::ALL {
        assert_eq!(distance.to_string().parse(), Ok(distance));
        assert_eq!(
            serde_json::to_string(&distance).expect("a name"),
            quoted(&distance)
        );
    }
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let error = "hardest".parse::<Mining>().expect_err("no such mining");
    assert_eq!(
        error.to_string(),
        "there is no mining \"hardest\": use one of batch_all, batch_hard, batch_semi_hard"
    );
}

#[test]
fn a_description_survives_toml() {
    for kind in LossKind::ALL {
        let config = LossConfig::new(kind);
        let text = toml::to_string(&config).expect("a table");
        assert_eq!(
            toml::from_str::<LossConfig>(&text).expect("the same table"),
            config
        );
    }
}

#[test]
fn another_losss_parameter_is_an_error() {
    let error = toml::from_str::<LossConfig>("type = \"contrastive\"\nscale = 30.0")
        .expect_err("contrastive has no scale");
    assert!(error.to_string().contains("scale"), "{error}");
}

#[test]
fn numbers_out_of_range_are_refused() {
    let bad_margins = [-0.1, f64::NAN, f64::INFINITY];
    let mut bad: Vec<LossConfig> = bad_margins
        .map(|margin| LossConfig::Contrastive { margin })
        .to_vec();
    bad.extend(bad_margins.map(|margin| LossConfig::Triplet {
        margin,
        mining: Mining::BatchHard,
        distance: Distance::Cosine,
    }));
    for (scale, angular_margin) in [(0.0, 0.5), (f64::NAN, 0.5), (30.0, -0.1), (30.0, 3.2)] {
        bad.push(LossConfig::ArcFace {
            scale,
            angular_margin,
        });
    }
    for config in bad {
        let error = config.validate().expect_err("the number is out of range");
        assert!(matches!(error, LossError::OutOfRange { .. }));
        assert!(config.init(8, 3, &device()).is_err());
    }
    let error = LossConfig::Contrastive { margin: -0.1 }
        .validate()
        .expect_err("negative");
    assert_eq!(
        error.to_string(),
        "margin = -0.1 is not possible for the contrastive loss: it must be a finite number of at least 0"
    );
}

#[test]
fn arcface_needs_a_class_and_a_dimension() {
    let config = LossConfig::new(LossKind::ArcFace);
    assert!(config.init(0, 3, &device()).is_err());
    assert!(config.init(8, 0, &device()).is_err());
}

#[test]
fn only_arcface_has_parameters() {
    for (kind, parameters) in LossKind::ALL.into_iter().zip([0, 0, 24]) {
        let loss = LossConfig::new(kind)
            .init(8, 3, &device())
            .expect("defaults are in range");
        assert_eq!(loss.kind(), kind);
        assert_eq!(loss.num_params(), parameters);
    }
}

#[test]
fn a_seed_repeats_the_prototypes() {
    let draw = || {
        device().seed(7);
        let loss = LossConfig::default()
            .init(8, 3, &device())
            .expect("defaults are in range");
        let pets_losses::MetricLoss::ArcFace(arcface) = loss else {
            panic!("ArcFace is the default");
        };
        crate::evaluation::numbers(arcface.weight.val())
    };
    assert_eq!(draw(), draw());
}
