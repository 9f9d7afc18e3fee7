//! Training on Burn's ndarray device, where it is compiled in.

use crate::workplace::Workplace;

#[test]
fn a_small_run_trains_on_ndarray() {
    let workplace = Workplace::new(2, 6);
    workplace.pets(&[
        "train",
        "--device=ndarray",
        "--data-dir=drawn",
        "--backbone=efficientnet_lite0",
        "--freeze=backbone",
        "--holdout-breeds=none",
        "--img-size=32",
        "--batch-size=4",
        "--samples-per-class=2",
        "--num-epochs=1",
        "--embedding-size=8",
    ]);
    assert_eq!(workplace.history("outputs").len(), 1);
}
