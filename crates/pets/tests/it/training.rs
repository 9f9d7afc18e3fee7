//! A model is trained, opened again, evaluated, compared, explained and reported on.

use pets::network::{Architecture, MapMethod};
use pets::trainer::{RunFolder, StopReason, TrainConfig};
use pets::viz::{Theme, TsneConfig, UmapConfig};
use pets::{
    ComparedModel, Comparison, DatasetConfig, EvaluatedModel, EvaluationConfig, Explainer,
    ExplanationTarget, Model, PreparedDataset, Prototypes, ReportConfig, RunSettings, Training,
    TrainingConfig, draw_report, images_to_explain,
};

use crate::drawn;

fn config() -> TrainingConfig {
    let mut config = TrainingConfig::new(Architecture::EfficientnetLite0);
    config.img_size = 32;
    config.start.model.embedding_size = Some(8);
    config.train = TrainConfig {
        num_epochs: 1,
        batch_size: 8,
        ..config.train
    };
    config
}

#[test]
fn the_whole_way_from_pictures_to_a_report() {
    let pictures = drawn::pets(3, 20);
    let data = PreparedDataset::open(DatasetConfig::new(pictures.path()), &()).unwrap();
    let device = pets::device("cpu").unwrap();
    let run = tempfile::tempdir().unwrap();
    let folder = RunFolder::new(run.path());
    let lock = folder.clone().lock().unwrap();
    let outcome = Training::prepare(&config(), &data, &device, None, &())
        .unwrap()
        .run(&lock, |_| true)
        .unwrap();
    assert_eq!(outcome.stop_reason, StopReason::Completed);
    drop(lock);

    let evaluation = EvaluationConfig::default();
    let trained = Model::open_on(run.path(), &device).unwrap();
    assert_eq!((trained.dim(), trained.img_size()), (8, 32));
    let of_trained =
        EvaluatedModel::evaluate(trained.clone(), data.clone(), &evaluation, &()).unwrap();
    let of_features =
        EvaluatedModel::evaluate(trained.features(), data.clone(), &evaluation, &()).unwrap();
    assert_eq!(of_features.embeddings.dim(), 1280);

    let models = [
        ComparedModel::of_model("features".to_owned(), &of_features),
        ComparedModel::of_model("trained".to_owned(), &of_trained),
    ];
    let comparison = Comparison::of(&models, evaluation.bootstrap, &()).unwrap();
    let [differences] = &comparison.differences[..] else {
        panic!("the second model is compared with the first");
    };
    let recall = |model: &EvaluatedModel| model.evaluation.metrics.retrieval.map_at_r.unwrap();
    let expected = recall(&of_trained) - recall(&of_features);
    let found = differences.retrieval.map_at_r.unwrap().difference;
    assert!((found - expected).abs() < 1e-12);

    let prototypes = Prototypes::of(&of_trained.embeddings, data.class_names());
    let images = images_to_explain(&data, 2).unwrap();
    let explanation = Explainer::new(&of_trained.model, None, MapMethod::GradCam)
        .unwrap()
        .explain(&images, &ExplanationTarget::Breed(&prototypes))
        .unwrap();
    assert_eq!(explanation.rows.len(), 2);

    let report = ReportConfig {
        theme: Theme::Light,
        tsne: TsneConfig::default(),
        umap: UmapConfig::default(),
        num_queries: 1,
        num_samples: 1,
        seed: 1,
        settings: RunSettings::default(),
    };
    let written = draw_report(&of_trained, &folder.lock_results().unwrap(), &report, &()).unwrap();
    assert!(written.iter().all(|file| file.is_file()));
    assert!(written.contains(&folder.results().join("report.html")));
}
