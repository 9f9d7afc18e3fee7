//! The dataset that the settings name, with the settings that depend on it.

use anyhow::Result;
use pets::{Observer, PreparedDataset, open_dataset};

use crate::config::{HeldOutBreed, ResolvedSettings};

/// Opens and splits the dataset; settles which of its breeds are held out.
pub(crate) fn prepare_dataset(
    settings: &mut ResolvedSettings,
    observer: &dyn Observer,
) -> Result<PreparedDataset> {
    let ResolvedSettings { config, layers } = settings;
    let dataset = open_dataset(&config.dataset_config()?, observer)?;
    let classes = dataset.classes().iter();
    let class_names: Vec<_> = classes.map(|class| class.name.clone()).collect();
    config.settle_holdout(layers, &class_names)?;
    let config = config.dataset_config()?;
    Ok(PreparedDataset::split(dataset, config, observer)?)
}

/// Settles how large few-shot tasks are, so that it is known before training or embedding.
pub(crate) fn settle_few_shot(
    settings: &mut ResolvedSettings,
    data: &PreparedDataset,
) -> Result<()> {
    let held_out: Vec<_> = data
        .split
        .holdout_classes
        .iter()
        .map(|&label| HeldOutBreed {
            name: data.class_name(label),
            images: data.held_out_images(label),
        })
        .collect();
    settings
        .config
        .settle_few_shot(&settings.layers, &held_out)?;
    Ok(())
}
