//! Where the dataset is, and how it is divided.

use anyhow::Result;
use pets::DatasetConfig;
use pets::data::{Loader, SplitConfig};
use pets::draw::DrawConfig;

use crate::config::{Config, HoldoutBreeds};

impl Config {
    /// Where the dataset is, and how it is divided, once it is settled which breeds are held out.
    pub(crate) fn dataset_config(&self) -> Result<DatasetConfig> {
        let (data, drawn) = (&self.data, &self.drawn);
        let draw = || DrawConfig::new(drawn.breeds, drawn.images, drawn.size, drawn.seed);
        Ok(DatasetConfig {
            dir: data.dir.clone(),
            drawn: (drawn.breeds > 0).then(draw).transpose()?,
            fetch_from: data.fetch.then(|| data.url.clone()),
            split: self.split_config(),
            on_bad_image: data.on_bad_image,
            workers: self.workers(),
        })
    }

    /// Threads that decode pictures.
    pub(crate) fn workers(&self) -> usize {
        match self.data.num_workers {
            0 => Loader::available_workers(),
            workers => workers,
        }
    }

    fn split_config(&self) -> SplitConfig {
        SplitConfig {
            kind: self.data.split,
            train_val_split: self.data.train_val_split,
            train_test_split: self.data.train_test_split,
            holdout: match &self.data.holdout_breeds {
                HoldoutBreeds::Auto => Vec::new(),
                HoldoutBreeds::These(names) => names.clone(),
            },
            seed: self.seed,
        }
    }
}
