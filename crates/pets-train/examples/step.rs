//! Times a training step and inference of a backbone; `benches/peer/step.py` does the same in PyTorch.
//!
//!     cargo run --release -p pets-train --example step -- resnet18 16 224 [REPEATS]
//!
//! The training step is forward, mean of the output as the loss, backward, Adam.

use std::error::Error;

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Distribution, Tensor};
use pets_bench::measure;
use pets_model::{Architecture, EmbeddingModelConfig};
use pets_train::OptimizerKind;

fn main() -> Result<(), Box<dyn Error>> {
    pets_kernels::keep_freed_memory();
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let [backbone, batch, size, repeats @ ..] = &arguments[..] else {
        return Err("usage: step BACKBONE BATCH SIZE [REPEATS]".into());
    };
    let (batch, size): (usize, usize) = (batch.parse()?, size.parse()?);
    let repeats = repeats.first().map_or(Ok(5), |repeats| repeats.parse())?;
    let architecture = *Architecture::ALL
        .iter()
        .find(|architecture| architecture.name() == backbone)
        .ok_or("no such backbone")?;

    let device = Device::flex();
    let images = Tensor::random(
        [batch, 3, size, size],
        Distribution::Uniform(-0.5, 0.5),
        &device,
    );
    let config = EmbeddingModelConfig {
        architecture,
        embedding_size: None,
        dropout_rate: 0.0,
    };
    let job = |what: &str| format!("{backbone}, {what}, batch {batch}, {size} px");
    let untrained = config.init(&device)?;
    let inference = measure(job("inference"), batch, repeats, || {
        untrained.features(images.clone()).into_data()
    });
    println!("{inference}");

    let mut trained = Some(untrained.train());
    let mut optimizer = OptimizerKind::Adam.init(0.0);
    let tracked = images.autodiff();
    let training = measure(job("training step"), batch, repeats, || {
        let model = trained.take().expect("each step leaves the model behind");
        let loss = model.features(tracked.clone()).mean();
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        trained = Some(optimizer.step(1e-4, model, gradients));
    });
    println!("{training}");
    Ok(())
}
