//! Metrics against values of an independent program: `tests/golden/make_goldens.py`, or another that writes the same form.

use std::path::Path;

use pets_eval::{
    Embeddings, EmbeddingsFile, VerificationPairs, evaluate_retrieval, evaluate_verification,
};
use serde_json::{Map, Value};

const TOLERANCE: f64 = 1e-6;

/// What the results serialise to, one flat object.
fn measured(embeddings: &Embeddings) -> Map<String, Value> {
    let verification =
        evaluate_verification(embeddings, VerificationPairs::All, &()).expect("all pairs");
    let retrieval = evaluate_retrieval(embeddings, &[1, 5, 10], &()).expect("valid k");
    [
        serde_json::to_value(verification),
        serde_json::to_value(retrieval.summary),
    ]
    .into_iter()
    .flat_map(|value| match value {
        Ok(Value::Object(object)) => object,
        other => panic!("not an object: {other:?}"),
    })
    .collect()
}

fn check_folder(folder: &Path) -> usize {
    let cases = std::fs::read_to_string(folder.join("metrics.json")).expect("has metrics.json");
    let cases: Vec<Map<String, Value>> = serde_json::from_str(&cases).expect("a list of cases");
    let mut checked = 0;
    for case in cases {
        let name = case["file"].as_str().expect("a case names its file");
        let file = EmbeddingsFile::read(&folder.join(name), EmbeddingsFile::DEFAULT_MAX_MEMORY)
            .expect(name);
        let embeddings = file.into_embeddings();
        assert_eq!(case["samples"], embeddings.len(), "{name}");
        let measured = measured(&embeddings);
        for (key, expected) in &case {
            if ["file", "samples", "classes"].contains(&key.as_str()) {
                continue;
            }
            let expected = expected.as_f64().expect("metrics are numbers");
            let found = measured[key].as_f64();
            assert!(
                found.is_some_and(|found| (found - expected).abs() <= TOLERANCE),
                "{name}: {key} is {found:?}, expected {expected}"
            );
        }
        for key in [
            "roc_auc",
            "eer",
            "recall@1",
            "precision@10",
            "r_precision",
            "map@r",
            "mrr",
        ] {
            assert_eq!(
                measured[key].is_null(),
                !case.contains_key(key),
                "{name}: {key} is defined only where the golden value is"
            );
        }
        checked += 1;
    }
    checked
}

#[test]
fn bundled_golden_values_are_met() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    assert_eq!(check_folder(&folder), 4);
}

#[test]
#[ignore = "needs the folder of reference values that PETS_GOLDEN names"]
fn whole_golden_set_is_met() {
    let folder = std::env::var_os("PETS_GOLDEN").expect("PETS_GOLDEN names a folder");
    assert!(check_folder(Path::new(&folder)) > 0);
}
