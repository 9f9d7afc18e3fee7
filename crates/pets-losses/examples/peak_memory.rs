//! The largest memory a process takes for a loss and its gradient, with a batch of 512 embeddings of 256 numbers in
//! classes of 4 (Linux, where the system tells a process its peak):
//!
//! ```text
//! cargo run -p pets-losses --example peak_memory -- triplet batch_all
//! cargo run -p pets-losses --example peak_memory -- supcon 8192
//! ```
//!
//! The second argument is the mining of the triplet loss, and of any other loss of pairs the number of embeddings in a
//! cross-batch memory.

use std::error::Error;
use std::fs;
use std::time::Instant;

use burn::tensor::{Device, Distribution, Int, Tensor};
use pets_losses::{EmbeddingLoss, LossConfig, LossKind};

const BATCH: usize = 512;
const DIM: usize = 256;
const SAMPLES_PER_CLASS: usize = 4;
const STEPS: usize = 3;

/// The peak of the resident set so far, as the system writes it.
fn peak_memory() -> Result<String, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(peak
        .ok_or("no VmHWM in /proc/self/status")?
        .trim()
        .to_owned())
}

fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    let mut arguments = name.split_whitespace();
    let kind: LossKind = match arguments.next() {
        Some(name) => name.parse()?,
        None => LossKind::Triplet,
    };
    let mut config = LossConfig::new(kind);
    let mut capacity: Option<usize> = None;
    match (&mut config, arguments.next()) {
        (LossConfig::Triplet(triplet), Some(mining)) => triplet.mining = mining.parse()?,
        (_, Some(given)) => capacity = Some(given.parse()?),
        (_, None) => {}
    }

    let device = Device::flex().autodiff();
    device.seed(0);
    let loss = config.init(DIM, BATCH / SAMPLES_PER_CLASS, &device)?;
    let mut memory = capacity
        .map(|capacity| loss.new_memory(capacity))
        .transpose()?;
    let labels =
        Tensor::<1, Int>::arange(0..BATCH as i64, &device).div_scalar(SAMPLES_PER_CLASS as i64);
    let draw = |rows| Tensor::<2>::random([rows, DIM], Distribution::Normal(0.0, 1.0), &device);
    if let Some(memory) = &mut memory {
        let full = memory.capacity();
        memory.remember(draw(full), Tensor::arange(0..full as i64, &device));
    }

    let before = peak_memory()?;
    let started = Instant::now();
    for _ in 0..STEPS {
        let embeddings = draw(BATCH).require_grad();
        let output = match &mut memory {
            Some(memory) => loss.forward_and_remember(embeddings.clone(), labels.clone(), memory),
            None => loss.forward(embeddings.clone(), labels.clone()),
        };
        let gradient = embeddings.grad(&output.value.backward());
        gradient.ok_or("the loss does not depend on the embeddings")?;
    }
    let milliseconds = started.elapsed().as_millis() / STEPS as u128;
    println!(
        "{name}: {before} before, {} at most, {milliseconds} ms a step",
        peak_memory()?
    );
    Ok(())
}
