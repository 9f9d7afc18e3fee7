//! Values and gradients of an independent program: `tests/golden/make_goldens.py`, or another that writes the same form.

use std::env;
use std::fs;
use std::path::Path;

use pets_losses::{
    ArcFaceConfig, ContrastiveConfig, LossConfig, LossKind, MetricLoss, Mining, TripletConfig,
};
use serde::Deserialize;

use crate::evaluation::{Batch, assert_close, device, evaluate, with_prototypes};

#[derive(Deserialize)]
struct Case {
    name: String,
    loss: LossKind,
    mining: Option<Mining>,
    margin: f64,
    scale: Option<f64>,
    labels: Vec<i64>,
    embeddings: Vec<Vec<f32>>,
    weight: Option<Vec<Vec<f32>>>,
    value: f64,
    grad: Vec<Vec<f64>>,
    weight_grad: Option<Vec<Vec<f64>>>,
}

impl Case {
    fn loss(&self) -> MetricLoss {
        let config = match self.loss {
            LossKind::Triplet => LossConfig::Triplet(TripletConfig {
                margin: self.margin,
                mining: self.mining.expect("a triplet case names its mining"),
                ..TripletConfig::default()
            }),
            LossKind::Contrastive => LossConfig::Contrastive(ContrastiveConfig {
                margin: self.margin,
                ..ContrastiveConfig::default()
            }),
            LossKind::ArcFace => LossConfig::ArcFace(ArcFaceConfig {
                scale: self.scale.expect("an ArcFace case has a scale"),
                angular_margin: self.margin,
                ..ArcFaceConfig::default()
            }),
            other => panic!("{}: there are no cases of the {other} loss", self.name),
        };
        let classes = self.weight.as_ref().map_or(1, Vec::len);
        let loss = config
            .init(self.embeddings[0].len(), classes, &device())
            .expect("the case's numbers are in range");
        match &self.weight {
            Some(weight) => with_prototypes(loss, weight),
            None => loss,
        }
    }

    fn check(&self) {
        let batch = Batch {
            embeddings: self.embeddings.clone(),
            labels: self.labels.clone(),
        };
        let actual = evaluate(&self.loss(), &batch);
        assert_close(
            &format!("{}: value", self.name),
            &[actual.value],
            &[self.value],
        );
        assert_close(
            &format!("{}: gradient", self.name),
            &actual.gradient,
            &self.grad.concat(),
        );
        if let Some(expected) = &self.weight_grad {
            let actual = actual
                .weight_gradient
                .expect("ArcFace has a gradient of its weight");
            let what = format!("{}: gradient of the weight", self.name);
            assert_close(&what, &actual, &expected.concat());
        }
    }
}

/// Checks every case of a file; the number of cases.
fn check_file(path: &Path) -> usize {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases: Vec<Case> =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    cases.iter().for_each(Case::check);
    cases.len()
}

#[test]
fn bundled_cases_agree() {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/losses.json");
    assert!(check_file(&bundled) > 20);
}

#[test]
#[ignore = "needs the folder of reference values that PETS_GOLDEN names"]
fn all_reference_cases_agree() {
    let folder = env::var_os("PETS_GOLDEN").expect("PETS_GOLDEN names a folder");
    assert!(check_file(&Path::new(&folder).join("losses.json")) > 0);
}
