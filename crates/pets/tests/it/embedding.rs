//! Pictures from anywhere become embeddings.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use pets::data::{DataError, Dataset};
use pets::network::Architecture;
use pets::{Error, Model, Observer, Picture, Representation, Work};

use crate::drawn;

fn model() -> Model {
    let model = Model::bundled(Architecture::EfficientnetLite0).unwrap();
    model.with_img_size(32).unwrap()
}

fn embeddings(model: &Model, pictures: Vec<Picture>) -> Vec<Vec<f32>> {
    let stream = model.embed(pictures).unwrap();
    stream.collect::<Result<_, _>>().unwrap()
}

#[test]
fn files_bytes_and_pixels_have_the_same_embedding() {
    let dataset = drawn::pets(2, 2);
    let file = drawn::pictures(dataset.path()).remove(0);
    let pixels = pets::data::decode(&file).unwrap().into_image();
    let bytes = std::fs::read(&file).unwrap();
    let model = model();
    let found = embeddings(&model, vec![file.into(), bytes.into(), pixels.into()]);
    assert_eq!(found[0].len(), model.dim());
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0], found[2]);
    let length: f32 = found[0].iter().map(|value| value * value).sum();
    assert!((length - 1.0).abs() < 1e-5, "{length}");
}

/// More than two batches, so that some are read while others are embedded.
#[test]
fn any_number_of_pictures_comes_out_in_order() {
    let dataset = drawn::pets(2, 3);
    let pictures = drawn::pictures(dataset.path());
    let model = model();
    let alone: Vec<_> = pictures
        .iter()
        .flat_map(|picture| embeddings(&model, vec![picture.into()]))
        .collect();
    let many = pictures.iter().cycle().take(75);
    let found: Vec<_> = model.embed(many).unwrap().map(Result::unwrap).collect();
    assert_eq!(found.len(), 75);
    for (index, embedding) in found.iter().enumerate() {
        let expected = &alone[index % pictures.len()];
        let largest = embedding
            .iter()
            .zip(expected)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(largest < 1e-6, "{index}: {largest}");
    }
    assert_eq!(model.embed(Vec::<Picture>::new()).unwrap().count(), 0);
}

#[test]
fn a_picture_that_cannot_be_read_is_an_error_in_its_place() {
    let dataset = drawn::pets(2, 2);
    let good = drawn::pictures(dataset.path()).remove(0);
    let pictures: Vec<Picture> = vec![
        Path::new("nowhere.jpg").into(),
        good.into(),
        vec![1, 2, 3].into(),
    ];
    let model = model();
    let found: Vec<_> = model.embed(pictures).unwrap().collect();
    let [missing, embedded, damaged] = &found[..] else {
        panic!("each picture has its place");
    };
    assert!(matches!(missing, Err(Error::Data(DataError::Read { .. }))));
    assert!(embedded.is_ok());
    assert!(matches!(
        damaged,
        Err(Error::Data(DataError::Decode { .. }))
    ));
}

#[test]
fn a_model_is_opened_from_its_file_or_its_runs_folder_or_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let Err(Error::NoModel { path }) = Model::open(folder.path()) else {
        panic!("an empty folder holds no model");
    };
    assert_eq!(path, folder.path().join("models/best_model.safetensors"));

    let bundled = model();
    std::fs::create_dir(folder.path().join("models")).unwrap();
    bundled
        .network()
        .export(&path, bundled.architecture())
        .unwrap();
    for place in [folder.path(), &path] {
        let opened = Model::open(place).unwrap();
        assert_eq!(opened.architecture(), Architecture::EfficientnetLite0);
        assert_eq!(opened.representation(), Representation::Embedding);
        assert_eq!(opened.file(), Some(path.as_path()));
    }
}

/// Ends work after some items.
struct Impatient {
    patience: usize,
    done: AtomicUsize,
}

impl Observer for Impatient {
    fn advanced(&self, _: &Work, done: usize) {
        self.done.store(done, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.done.load(Ordering::Relaxed) >= self.patience
    }
}

#[test]
fn an_observer_ends_the_work() {
    let folder = drawn::pets(2, 3);
    let dataset = Dataset::open(folder.path()).unwrap();
    let observer = Impatient {
        patience: 2,
        done: AtomicUsize::new(0),
    };
    let samples: Vec<_> = (0..6).collect();
    let ended = model().embed_samples(&dataset, &samples, "embedding", &observer);
    assert!(matches!(ended, Err(Error::Interrupted)));
    assert_eq!(observer.done.load(Ordering::Relaxed), 2);
}
