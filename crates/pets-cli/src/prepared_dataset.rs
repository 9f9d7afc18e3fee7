//! The dataset that the settings name, with the settings that depend on it.

use std::collections::HashSet;

use anyhow::Result;
use pets::{Error, Model, Observer, PreparedDataset, open_dataset};

use crate::config::{HeldOutBreed, ResolvedSettings};

/// Opens and splits the dataset; settles which of its breeds are held out.
pub(crate) fn prepare_dataset(
    settings: &mut ResolvedSettings,
    observer: &dyn Observer,
) -> Result<PreparedDataset> {
    let ResolvedSettings { config, layers, .. } = settings;
    let dataset = open_dataset(&config.dataset_config()?, observer)?;
    let classes = dataset.classes().iter();
    let class_names: Vec<_> = classes.map(|class| class.name.clone()).collect();
    config.settle_holdout(layers, &class_names)?;
    let config = config.dataset_config()?;
    Ok(PreparedDataset::split(dataset, config, observer)?)
}

/// As [`prepare_dataset`], to be shown to a model; says where the model's run had its pictures, if these are others.
pub(crate) fn prepare_dataset_for(
    model: &Model,
    settings: &mut ResolvedSettings,
    observer: &dyn Observer,
) -> Result<PreparedDataset> {
    let data = prepare_dataset(settings, observer);
    let provenance = settings.provenance.as_ref();
    if let Some(dir) = provenance.and_then(|provenance| provenance.get("data.dir"))
        && !is_of(model, &data)
    {
        say!("note: the model's run had data.dir = {dir}; --data-dir names the pictures to use");
    }
    data
}

/// Whether a dataset has the breeds that a model was trained on, as far as can be told.
fn is_of(model: &Model, data: &Result<PreparedDataset>) -> bool {
    match (data, model.description()) {
        (Ok(data), Some(description)) => {
            let classes = data.dataset.classes().iter();
            let names: HashSet<_> = classes.map(|class| &class.name).collect();
            description.classes.iter().all(|name| names.contains(name))
        }
        (Err(error), _) => !matches!(error.downcast_ref(), Some(Error::NoDataset { .. })),
        (Ok(_), None) => true,
    }
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
