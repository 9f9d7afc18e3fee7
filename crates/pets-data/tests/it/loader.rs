//! Batches of the loader: order, contents, errors, early ends.

use std::fs;

use burn::tensor::Device;
use pets_data::{
    Augmentation, Batch, DataError, Item, Loader, Normalization, Sampler, Transform,
    TransformBuffers, decode,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

use crate::pictures::write_picture;

const SIZE: u32 = 8;

fn items(dir: &TempDir, count: usize) -> Vec<Item> {
    (0..count)
        .map(|number| {
            let path = dir.path().join(format!("class_{number}.png"));
            write_picture(&path, number as u32);
            Item {
                path,
                label: number % 3,
            }
        })
        .collect()
}

fn eval() -> Transform {
    Transform::eval(SIZE, Normalization::LITE).unwrap()
}

fn train() -> Transform {
    Transform::train(SIZE, Normalization::LITE, Augmentation::default()).unwrap()
}

fn loader(items: Vec<Item>, transform: Transform, workers: usize) -> Loader {
    Loader::new(items, transform, Device::default(), workers).unwrap()
}

fn images(batch: &Batch) -> Vec<f32> {
    batch.images.clone().into_data().try_to_vec().unwrap()
}

fn labels(batch: &Batch) -> Vec<i64> {
    batch.labels.clone().into_data().try_to_vec_as().unwrap()
}

#[test]
fn batches_come_in_order_with_their_images_and_labels() {
    let dir = TempDir::new().unwrap();
    let items = items(&dir, 7);
    let loader = loader(items.clone(), eval(), 2);
    assert_eq!(loader.items(), items);
    assert_eq!(loader.labels(), [0, 1, 2, 0, 1, 2, 0]);

    let order = vec![vec![6, 0, 3], vec![], vec![2], vec![1, 5, 4, 1]];
    let mut batches = loader.batches(order, 0, 0);
    assert_eq!(batches.len(), 3);
    let mut seen = Vec::new();
    for batch in &mut batches {
        let batch = batch.unwrap();
        assert_eq!(
            batch.images.dims(),
            [batch.indices.len(), 3, SIZE as usize, SIZE as usize]
        );
        let wanted: Vec<usize> = batch
            .indices
            .iter()
            .map(|&index| items[index].label)
            .collect();
        assert_eq!(batch.label_values, wanted);
        assert_eq!(
            labels(&batch),
            wanted.iter().map(|&label| label as i64).collect::<Vec<_>>()
        );
        let expected: Vec<f32> = batch
            .indices
            .iter()
            .flat_map(|&index| evaluated(&items[index]))
            .collect();
        assert_eq!(images(&batch), expected);
        seen.push(batch.indices);
    }
    assert_eq!(seen, [vec![6, 0, 3], vec![2], vec![1, 5, 4, 1]]);
    assert_eq!(batches.len(), 0);
    assert!(batches.wait_time() > std::time::Duration::ZERO);
}

fn evaluated(item: &Item) -> Vec<f32> {
    let transform = eval();
    let mut planes = vec![0.0; transform.output_len()];
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    transform
        .apply(
            &decode(&item.path).unwrap(),
            &mut rng,
            &mut TransformBuffers::default(),
            &mut planes,
        )
        .unwrap();
    planes
}

#[test]
fn any_number_of_workers_makes_the_same_augmented_batches() {
    let dir = TempDir::new().unwrap();
    let items = items(&dir, 20);
    let epoch = |workers, seed, epoch| -> Vec<Vec<f32>> {
        let loader = loader(items.clone(), train(), workers);
        let order = Sampler::Shuffle.epoch(&loader.labels(), 6, 1, 0).unwrap();
        loader
            .batches(order, seed, epoch)
            .map(|batch| images(&batch.unwrap()))
            .collect()
    };
    let one = epoch(1, 42, 0);
    assert_eq!(one, epoch(3, 42, 0));
    assert_eq!(one, epoch(0, 42, 0));
    assert_ne!(one, epoch(1, 42, 1));
    assert_ne!(one, epoch(1, 43, 0));
}

#[test]
fn an_epoch_goes_on_the_same_where_it_was_cut() {
    let dir = TempDir::new().unwrap();
    let loader = loader(items(&dir, 9), train(), 2);
    let order = Sampler::Shuffle.epoch(&loader.labels(), 3, 1, 0).unwrap();
    let load = |order| -> Vec<Vec<f32>> {
        loader
            .batches(order, 1, 0)
            .map(|batch| images(&batch.unwrap()))
            .collect()
    };
    assert_eq!(load(order.clone())[1..], load(order[1..].to_vec()));
}

#[test]
fn an_image_twice_in_a_batch_is_augmented_twice() {
    let dir = TempDir::new().unwrap();
    let loader = loader(items(&dir, 1), train(), 1);
    let batch = loader
        .batches(vec![vec![0, 0]], 1, 0)
        .next()
        .unwrap()
        .unwrap();
    let images = images(&batch);
    let (first, second) = images.split_at(images.len() / 2);
    assert_ne!(first, second);
}

#[test]
fn dropping_the_iterator_stops_the_reading() {
    let dir = TempDir::new().unwrap();
    let items = items(&dir, 4);
    let loader = loader(items.clone(), eval(), 2);
    let order = vec![vec![0, 1, 2, 3]; 5_000];
    drop(loader.batches(order.clone(), 0, 0));
    let mut batches = loader.batches(order, 0, 0);
    batches.next().unwrap().unwrap();
    batches.next().unwrap().unwrap();
    drop(batches);
    // The loader is free for the next epoch, which no longer reads what was dropped.
    fs::remove_file(&items[3].path).unwrap();
    assert_eq!(
        loader.batches(vec![vec![0, 1, 2]], 0, 0).flatten().count(),
        1
    );
}

#[test]
fn an_unreadable_image_is_named_and_ends_the_iteration() {
    let dir = TempDir::new().unwrap();
    let items = items(&dir, 6);
    fs::write(&items[3].path, "no picture").unwrap();
    fs::remove_file(&items[5].path).unwrap();
    let loader = loader(items, eval(), 3);
    let mut batches = loader.batches(vec![vec![0, 1], vec![5, 2, 3], vec![4]], 0, 0);
    assert_eq!(batches.next().unwrap().unwrap().indices, [0, 1]);
    let error = batches.next().unwrap().unwrap_err();
    assert!(matches!(error, DataError::Read { .. }), "{error}");
    assert!(error.to_string().contains("class_5.png"), "{error}");
    assert!(batches.next().is_none());

    let mut batches = loader.batches(vec![vec![3], vec![4]], 0, 0);
    let error = batches.next().unwrap().unwrap_err().to_string();
    assert!(error.contains("class_3.png"), "{error}");
    assert!(batches.next().is_none());
}

#[test]
fn a_position_beyond_the_items_is_an_error() {
    let dir = TempDir::new().unwrap();
    let loader = loader(items(&dir, 2), eval(), 1);
    let error = loader
        .batches(vec![vec![0, 2]], 0, 0)
        .next()
        .unwrap()
        .unwrap_err();
    assert!(
        matches!(
            error,
            DataError::NoSuchItem {
                position: 2,
                items: 2
            }
        ),
        "{error}"
    );
}
