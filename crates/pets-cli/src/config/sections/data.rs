//! `[data]`: the dataset, its parts, and how its images become batches.

use std::path::PathBuf;

use pets::data::SplitKind;
use pets::trainer::SamplerKind;
use pets::{MAX_IMG_SIZE, OnBadImage};

use crate::config::holdout_breeds::HoldoutBreeds;
use crate::config::key::InModel::{Absent, Holds};
use crate::config::key::Need::{On, OneOf};
use crate::config::key::OnResume::Free;
use crate::config::key::Topic::{Dataset, Run, Split, Start, Training};
use crate::config::kind::Kind::{Float, Int};
use crate::config::kind::{SHARE, SHARE_ABOVE_0, from};

section! {
    /// The dataset, its parts, and how its images become batches.
    DataSection: "data." {
        /// Folder of the dataset: official layout, or a folder per class.
        dir: PathBuf = PathBuf::from("data/oxford-iiit-pet")
            => { flag: Some("data-dir"), on_resume: Free, topic: Dataset };
        /// Fetch the Oxford-IIIT Pet dataset (800 MB) into data.dir if there is none.
        fetch: bool = false => { in_model: Absent, on_resume: Free, topic: Dataset };
        /// Where images.tar.gz and annotations.tar.gz of the dataset are.
        url: String = "https://thor.robots.ox.ac.uk/pets".to_owned()
            => { flag: Some("dataset-url"), in_model: Absent, on_resume: Free, topic: Dataset };
        /// Side of the square input images, in pixels.
        img_size: usize = 224 => { kind: Int(32, MAX_IMG_SIZE as i64), in_model: Holds, topic: Start };
        /// random (stratified by breed), or official (the dataset's own test list).
        split: SplitKind = SplitKind::Random => { in_model: Holds, topic: Split };
        /// Share of the training images that is trained on; the rest validates.
        train_val_split: f64 = 0.8 => { kind: SHARE_ABOVE_0, in_model: Holds, topic: Split };
        /// Share of all images that is not tested on.
        train_test_split: f64 = 0.9
            => {
                kind: SHARE_ABOVE_0,
                in_model: Holds,
                needs: Some(OneOf("data.split", &["random"])),
                topic: Split,
            };
        /// Breeds kept out of training and testing, for the few-shot test: names, none, or auto (the original's five
        /// where the dataset is Oxford-IIIT Pet, none elsewhere).
        holdout_breeds: HoldoutBreeds = HoldoutBreeds::Auto
            => { aliases: &["few-shot-holdout-breeds"], in_model: Holds, topic: Split };
        /// Images in a batch; a step takes train.accumulation batches.
        batch_size: usize = 64 => { kind: Int(2, 65536) };
        /// Threads that decode ahead; 0 for one per core.
        num_workers: usize = 0
            => { kind: Int(0, 256), in_model: Absent, on_resume: Free, topic: Run };
        /// Memory that all pictures together may take while they are decoded, in MiB; one that needs more cannot be used.
        decode_mb: usize = 1024 => { kind: Int(16, 1 << 20), topic: Run };
        /// How batches are drawn: m_per_class guarantees positives, hard_negative also puts confused breeds together.
        sampler: SamplerKind = SamplerKind::MPerClass;
        /// Images of a breed in a batch.
        samples_per_class: usize = 4 => {
            kind: Int(2, 65536),
            needs: Some(OneOf("data.sampler", &["m_per_class", "hard_negative"])),
        };
        /// Epochs between two minings of the whole training set.
        hard_negative_every: usize = 1
            => { kind: from(1), needs: Some(OneOf("data.sampler", &["hard_negative"])) };
        /// Breeds in a group of confused ones.
        hard_negative_group: usize = 4
            => { kind: Int(1, 65536), needs: Some(OneOf("data.sampler", &["hard_negative"])) };
        /// Whether training images are varied at random.
        augment: bool = true => { topic: Training };
        /// Augmentation: mirror every other image.
        horizontal_flip: bool = true => { needs: Some(On("data.augment")) };
        /// Augmentation: largest rotation, in degrees.
        rotation: f32 = 10.0
            => { kind: Float(0.0, 180.0), needs: Some(On("data.augment")) };
        /// Augmentation: largest change of brightness, contrast and saturation.
        color_jitter: f32 = 0.2 => { kind: SHARE, needs: Some(On("data.augment")) };
        /// Augmentation: smallest share of the image that a random crop keeps; 1 for no crop.
        crop_scale: f32 = 1.0
            => { kind: SHARE_ABOVE_0, needs: Some(On("data.augment")) };
        /// When a picture cannot be used: error, or skip (read all first, leave those out, list them in
        /// results/skipped_images.json).
        on_bad_image: OnBadImage = OnBadImage::Error => { topic: Split };
    }
}
