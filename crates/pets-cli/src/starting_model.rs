//! The model that training starts from.

use anyhow::Result;
use burn::tensor::Device;
use pets_model::{Completeness, EmbeddingModel, LoadReport};

use crate::config::Config;
use crate::pretrained::backbone_weights;

/// Builds the model of `config` with random weights.
pub(crate) fn random_model(config: &Config, device: &Device) -> Result<EmbeddingModel> {
    device.seed(config.seed);
    Ok(config.model_config().init(device)?)
}

/// Builds the model of `config` and loads the weights that it asks for.
pub(crate) fn starting_model(config: &Config, device: &Device) -> Result<EmbeddingModel> {
    let architecture = config.model.backbone;
    let model = random_model(config, device)?;
    let Some(weights) = backbone_weights(config, architecture)? else {
        return Ok(model);
    };
    let completeness = if config.model.allow_partial {
        Completeness::AllowPartial
    } else {
        Completeness::Complete
    };
    let source = weights.source_name.clone();
    let (model, report) = model.load_backbone(architecture, weights, completeness)?;
    describe(&source, &report);
    Ok(model)
}

fn describe(source: &str, report: &LoadReport) {
    say!("weights: {} tensors from {source}", report.loaded.len());
    if !report.missing.is_empty() {
        say!("  loaded: {}", report.loaded.join(", "));
        say!(
            "  not in the file, left at their random start: {}",
            report.missing.join(", ")
        );
    }
    if !report.unused.is_empty() {
        say!("  in the file, not used: {}", report.unused.join(", "));
    }
}
