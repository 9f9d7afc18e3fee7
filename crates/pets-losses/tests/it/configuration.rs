//! Names, formats and ranges of the description.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use burn::module::Module;
use pets_losses::{
    ArcFaceConfig, CircleConfig, ContrastiveConfig, CosFaceConfig, Distance, EmbeddingLoss,
    LiftedStructureConfig, LossConfig, LossError, LossKind, MetricLoss, Mining,
    MultiSimilarityConfig, NormalizedSoftmaxConfig, ProxyAnchorConfig, Reducer, SupConConfig,
    TripletConfig,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::evaluation::device;

/// That each of the choices displays, parses and is serialised by the same name.
fn check_names<T>(choices: &[T])
where
    T: Copy + Debug + Display + FromStr<Err: Debug> + PartialEq + Serialize + DeserializeOwned,
{
    for &choice in choices {
        let name = choice.to_string();
        assert_eq!(name.parse::<T>().expect("its own name"), choice);
        let quoted = format!("\"{name}\"");
        assert_eq!(serde_json::to_string(&choice).expect("a name"), quoted);
        assert_eq!(serde_json::from_str::<T>(&quoted).expect("a name"), choice);
    }
}

#[test]
fn names_are_the_same_in_text_and_in_serde() {
    check_names(&LossKind::ALL);
    check_names(&Mining::ALL);
    check_names(&Reducer::ALL);
    check_names(&Distance::ALL);
    for kind in LossKind::ALL {
        let config = serde_json::to_value(LossConfig::new(kind)).expect("an object");
        assert_eq!(config["type"], kind.name());
    }
}

#[test]
fn an_unknown_name_lists_the_known_ones() {
    let error = "hardest".parse::<Mining>().expect_err("no such mining");
    assert_eq!(
        error.to_string(),
        "there is no mining \"hardest\": use one of batch_all, batch_hard, batch_semi_hard, \
         distance_weighted, multi_similarity"
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

fn contrastive(margin: f64) -> LossConfig {
    LossConfig::Contrastive(ContrastiveConfig {
        margin,
        ..ContrastiveConfig::default()
    })
}

/// Each loss with each of its numbers in turn set to `number`.
fn with_number(number: f64) -> Vec<LossConfig> {
    let circle = CircleConfig::default();
    let cosface = CosFaceConfig::default();
    let proxy_anchor = ProxyAnchorConfig::default();
    let multi_similarity = MultiSimilarityConfig::default();
    vec![
        contrastive(number),
        LossConfig::Triplet(TripletConfig {
            margin: number,
            ..TripletConfig::default()
        }),
        LossConfig::LiftedStructure(LiftedStructureConfig {
            margin: number,
            ..LiftedStructureConfig::default()
        }),
        LossConfig::SupCon(SupConConfig {
            temperature: number,
            ..SupConConfig::default()
        }),
        LossConfig::Circle(CircleConfig {
            margin: number,
            ..circle
        }),
        LossConfig::Circle(CircleConfig {
            gamma: number,
            ..circle
        }),
        LossConfig::MultiSimilarity(MultiSimilarityConfig {
            alpha: number,
            ..multi_similarity
        }),
        LossConfig::MultiSimilarity(MultiSimilarityConfig {
            beta: number,
            ..multi_similarity
        }),
        LossConfig::MultiSimilarity(MultiSimilarityConfig {
            lambda: number,
            ..multi_similarity
        }),
        LossConfig::MultiSimilarity(MultiSimilarityConfig {
            epsilon: number,
            ..multi_similarity
        }),
        LossConfig::ArcFace(ArcFaceConfig {
            scale: number,
            ..ArcFaceConfig::default()
        }),
        LossConfig::ArcFace(ArcFaceConfig {
            angular_margin: number,
            ..ArcFaceConfig::default()
        }),
        LossConfig::CosFace(CosFaceConfig {
            scale: number,
            ..cosface
        }),
        LossConfig::CosFace(CosFaceConfig {
            margin: number,
            ..cosface
        }),
        LossConfig::NormalizedSoftmax(NormalizedSoftmaxConfig {
            temperature: number,
        }),
        LossConfig::ProxyAnchor(ProxyAnchorConfig {
            alpha: number,
            ..proxy_anchor
        }),
        LossConfig::ProxyAnchor(ProxyAnchorConfig {
            margin: number,
            ..proxy_anchor
        }),
    ]
}

#[test]
fn numbers_out_of_range_are_refused() {
    for number in [-1.1, f64::NAN, f64::INFINITY] {
        for config in with_number(number) {
            let error = config.validate().expect_err("the number is out of range");
            assert!(matches!(error, LossError::OutOfRange { .. }), "{config:?}");
            assert!(config.init(8, 3, &device()).is_err());
        }
    }
    let no_prototype = ArcFaceConfig {
        sub_centers: 0,
        ..ArcFaceConfig::default()
    };
    assert!(LossConfig::ArcFace(no_prototype).validate().is_err());
    let half_turn = ArcFaceConfig {
        angular_margin: 3.2,
        ..ArcFaceConfig::default()
    };
    assert!(LossConfig::ArcFace(half_turn).validate().is_err());
    let error = contrastive(-0.1).validate().expect_err("negative");
    assert_eq!(
        error.to_string(),
        "margin = -0.1 is not possible for the contrastive loss: it must be a finite number of at least 0"
    );
}

#[test]
fn numbers_in_every_range_are_taken() {
    for config in with_number(0.5) {
        assert_eq!(config.validate(), Ok(()));
    }
}

#[test]
fn prototypes_need_a_class_and_a_dimension() {
    for kind in LossKind::ALL {
        let config = LossConfig::new(kind);
        for (dim, classes) in [(0, 3), (8, 0)] {
            let refused = config.init(dim, classes, &device()).is_err();
            assert_eq!(refused, kind.has_prototypes(), "{kind}");
        }
    }
}

#[test]
fn only_losses_with_prototypes_have_parameters() {
    for kind in LossKind::ALL {
        let loss = LossConfig::new(kind)
            .init(8, 3, &device())
            .expect("defaults are in range");
        assert_eq!(loss.kind(), kind);
        assert_eq!(loss.prototypes().is_some(), kind.has_prototypes());
        let parameters = if kind.has_prototypes() { 24 } else { 0 };
        assert_eq!(loss.num_params(), parameters, "{kind}");
    }
    let sub_centers = ArcFaceConfig {
        sub_centers: 3,
        ..ArcFaceConfig::default()
    };
    let loss = sub_centers.init(8, 3, &device()).expect("in range");
    assert_eq!(loss.num_params(), 72);
}

#[test]
fn a_memory_is_for_losses_of_pairs() {
    for kind in LossKind::ALL {
        let loss = LossConfig::new(kind)
            .init(8, 3, &device())
            .expect("defaults are in range");
        assert_eq!(loss.compares_pairs(), !kind.has_prototypes(), "{kind}");
        assert_eq!(loss.new_memory(16).is_ok(), loss.compares_pairs(), "{kind}");
        assert!(loss.new_memory(0).is_err());
    }
}

#[test]
fn a_seed_repeats_the_prototypes() {
    let draw = || {
        device().seed(7);
        let loss = LossConfig::new(LossKind::ArcFace)
            .init(8, 3, &device())
            .expect("defaults are in range");
        let MetricLoss::ArcFace(arcface) = loss else {
            panic!("the loss is ArcFace");
        };
        crate::evaluation::numbers(arcface.weight.val())
    };
    assert_eq!(draw(), draw());
}
