//! Where the dataset is, and how it is divided.

use std::time::Duration;

use anyhow::Result;
use pets::data::{Loader, SplitConfig, set_decoding_budget};
use pets::draw::DrawConfig;
use pets::{DatasetConfig, Patience};

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
            patience: self.patience(),
            split: self.split_config(),
            on_bad_image: data.on_bad_image,
            workers: self.workers(),
        })
    }

    /// Has all decoding of the process keep to its budget of memory.
    pub(crate) fn bound_decoding(&self) {
        set_decoding_budget((self.data.decode_mb as u64) << 20);
    }

    /// How long to put up with the network.
    pub(crate) fn patience(&self) -> Patience {
        Patience {
            least_rate: self.fetch.least_rate,
            deadline: Duration::from_mins(self.fetch.deadline_minutes),
            ..Patience::default()
        }
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
