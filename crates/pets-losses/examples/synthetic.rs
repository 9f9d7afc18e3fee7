//! Trains a small network on clusters of random points, with any loss by its name, and prints loss and Recall@1 of
//! points it has not seen after each epoch:
//!
//! ```text
//! cargo run -p pets-losses --example synthetic -- circle
//! ```
//!
//! A second argument is the number of past embeddings that a loss of pairs remembers: `supcon 256`.

use std::error::Error;
use std::process::ExitCode;

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Distribution, Int, Tensor};
use pets_losses::{Distance, EmbeddingLoss, LossConfig, LossKind, MetricLoss};

const CLASSES: usize = 12;
const PER_CLASS: usize = 16;
const INPUTS: usize = 32;
const EMBEDDING_SIZE: usize = 8;
const EPOCHS: usize = 15;
const STEPS: usize = 10;
const LEARNING_RATE: f64 = 3e-3;

/// Linear → `ReLU` → Linear.
#[derive(Module, Debug)]
struct Network {
    hidden: Linear,
    output: Linear,
}

impl Network {
    fn new(device: &Device) -> Self {
        Self {
            hidden: LinearConfig::new(INPUTS, 64).init(device),
            output: LinearConfig::new(64, EMBEDDING_SIZE).init(device),
        }
    }

    /// Points `[batch, INPUTS]` as embeddings `[batch, EMBEDDING_SIZE]` of length 1.
    fn forward(&self, points: Tensor<2>) -> Tensor<2> {
        let embeddings = self.output.forward(relu(self.hidden.forward(points)));
        let lengths = embeddings
            .clone()
            .square()
            .sum_dim(1)
            .add_scalar(1e-12)
            .sqrt();
        embeddings / lengths
    }
}

/// What training changes.
#[derive(Module, Debug)]
struct Trained {
    network: Network,
    loss: MetricLoss,
}

/// Points around the centres of their classes, of which only every second coordinate tells the class.
fn draw(centres: &Tensor<2>, device: &Device) -> (Tensor<2>, Tensor<1, Int>) {
    let labels = Tensor::<1, Int>::arange(0..(CLASSES * PER_CLASS) as i64, device)
        .div_scalar(PER_CLASS as i64);
    let shape = [CLASSES * PER_CLASS, INPUTS / 2];
    let signal = centres.clone().select(0, labels.clone())
        + Tensor::random(shape, Distribution::Normal(0.0, 0.6), device);
    let noise = Tensor::random(shape, Distribution::Normal(0.0, 2.0), device);
    (Tensor::cat(vec![signal, noise], 1), labels)
}

/// The share of rows whose nearest other row has the same label.
fn recall_at_1(embeddings: Tensor<2>, labels: &Tensor<1, Int>) -> f64 {
    let [count, _] = embeddings.dims();
    let itself = Tensor::<2>::eye(count, &embeddings.device()).mul_scalar(1e3);
    let nearest = (Distance::Euclidean.pairwise(embeddings.clone(), embeddings) + itself)
        .argmin(1)
        .squeeze_dim::<1>(1);
    let found = labels.clone().select(0, nearest).equal(labels.clone());
    found.float().mean().into_scalar::<f64>()
}

fn main() -> ExitCode {
    match train() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn train() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let kind: LossKind = match arguments.next() {
        Some(name) => name.parse()?,
        None => LossKind::default(),
    };
    let device = Device::flex().autodiff();
    let capacity: Option<usize> = arguments.next().map(|given| given.parse()).transpose()?;

    device.seed(7);
    let centres = Tensor::random(
        [CLASSES, INPUTS / 2],
        Distribution::Normal(0.0, 1.0),
        &device,
    );
    let (unseen, unseen_labels) = draw(&centres, &device);
    let mut trained = Trained {
        network: Network::new(&device),
        loss: LossConfig::new(kind).init(EMBEDDING_SIZE, CLASSES, &device)?,
    };
    let mut memory = capacity
        .map(|capacity| trained.loss.new_memory(capacity))
        .transpose()?;
    let mut optimizer = AdamConfig::new().init();

    println!("{kind}: epoch, mean loss, active share, Recall@1 of unseen points");
    for epoch in 0..=EPOCHS {
        let (mut loss_sum, mut active_share) = (0.0, None);
        let steps = if epoch == 0 { 0 } else { STEPS };
        for _ in 0..steps {
            let (points, labels) = draw(&centres, &device);
            let embeddings = trained.network.forward(points);
            let output = match &mut memory {
                Some(memory) => trained
                    .loss
                    .forward_and_remember(embeddings, labels, memory),
                None => trained.loss.forward(embeddings, labels),
            };
            loss_sum += output.value.clone().into_scalar::<f64>();
            active_share = output.diagnostics.active_share;
            let gradients = GradientsParams::from_grads(output.value.backward(), &trained);
            trained = optimizer.step(LEARNING_RATE, trained, gradients);
        }
        let recall = recall_at_1(trained.network.forward(unseen.clone()), &unseen_labels);
        let or_dash = |number: Option<f64>| number.map_or("–".to_owned(), |x| format!("{x:.4}"));
        let loss = or_dash((steps > 0).then(|| loss_sum / steps as f64));
        let active = or_dash(active_share);
        println!("{epoch:>2}  {loss:>8}  {active:>6}  {recall:.3}");
    }
    Ok(())
}
