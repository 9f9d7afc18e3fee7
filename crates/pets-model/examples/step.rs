//! Times a training step and inference of a backbone; `benches/peer/step.py` does the same in PyTorch.
//!
//!     cargo run --release -p pets-model --example step -- resnet18 16 224 [REPEATS]
//!
//! The training step is forward, mean of the output as the loss, backward, Adam. Each figure is the median of the
//! repeats after one that is not counted; `cpu` is user and system time of the process, over all of them.

use std::error::Error;
use std::fs;
use std::time::Instant;

use burn::module::Module;
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{Device, Distribution, Tensor};
use pets_model::{Architecture, EmbeddingModelConfig};

fn main() -> Result<(), Box<dyn Error>> {
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
    let mut model = config.init(&device)?.train();
    let mut optimizer = AdamConfig::new().init();
    let tracked = images.clone().autodiff();
    measure("train", batch, repeats, || {
        let loss = model.features(tracked.clone()).mean();
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        model = optimizer.step(1e-4, model.clone(), gradients);
    })?;
    let model = model.valid();
    measure("inference", batch, repeats, || {
        model.features(images.clone()).into_data();
    })
}

fn measure(
    label: &str,
    images: usize,
    repeats: usize,
    mut run: impl FnMut(),
) -> Result<(), Box<dyn Error>> {
    run();
    let before = cpu_seconds()?;
    let mut seconds = (0..repeats)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect::<Vec<_>>();
    let cpu = (cpu_seconds()? - before) / repeats as f64;
    seconds.sort_by(f64::total_cmp);
    let median = seconds[repeats / 2];
    println!(
        "{label:10} {median:7.3} s  {:7.1} images/s  best {:.3} s  cpu {cpu:.3} s  peak {} MiB",
        images as f64 / median,
        seconds[0],
        peak_mebibytes()?,
    );
    Ok(())
}

/// User and system time of this process (Linux).
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let mut times = fields.split_whitespace().skip(11).take(2);
    let mut next = || -> Result<f64, Box<dyn Error>> {
        Ok(times.next().ok_or("/proc/self/stat is short")?.parse()?)
    };
    // In hundredths of a second.
    Ok((next()? + next()?) / 100.0)
}

/// The most memory this process has held at a time (Linux).
fn peak_mebibytes() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .ok_or("/proc/self/status has no VmHWM")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes / 1024)
}
