//! The model that training starts from.

use anyhow::{Result, bail};
use burn::tensor::Device;
use pets_model::{Completeness, EmbeddingModel, LoadReport, ModelError, StateDict};

use crate::config::Config;

/// Builds the model of `config` and loads the weights that it asks for.
pub(crate) fn starting_model(config: &Config, device: &Device) -> Result<EmbeddingModel> {
    let architecture = config.architecture()?;
    device.seed(config.seed);
    let model = config.model_config()?.init(device)?;
    let weights = match &config.model.weights {
        Some(path) => StateDict::from_file(path)?,
        None if config.model.pretrained => match architecture.bundled_weights() {
            Err(ModelError::NotBundled(architecture)) => bail!(
                "no pretrained weights of {architecture} are bundled. Ways on:\n  \
                 --weights FILE                  a safetensors file with torchvision's names\n  \
                 --no-pretrained                 start from random weights\n  \
                 --backbone efficientnet_lite0   whose weights are bundled"
            ),
            weights => weights?,
        },
        None => return Ok(model),
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
    eprintln!("weights: {} tensors from {source}", report.loaded.len());
    if !report.missing.is_empty() {
        eprintln!("  loaded: {}", report.loaded.join(", "));
        eprintln!(
            "  not in the file, left at their random start: {}",
            report.missing.join(", ")
        );
    }
    if !report.unused.is_empty() {
        eprintln!("  in the file, not used: {}", report.unused.join(", "));
    }
}
