//! Mines triplets in a training loop of one's own: a linear map that learns to tell random clusters apart.
//!
//! ```sh
//! cargo run --release -p pets --example mine_triplets
//! ```

use burn::nn::LinearConfig;
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{Device, Distribution, Int, Tensor};
use pets::losses::{Distance, LabelledDistances, Mining, Triplet, TripletMiner};

fn main() {
    let device = Device::flex().autodiff();
    device.seed(1);
    let labels: Vec<i64> = (0..32).map(|sample| sample % 8).collect();
    let labels = Tensor::<1, Int>::from_ints(labels.as_slice(), &device);
    let centres = Tensor::<2>::random([8, 16], Distribution::Default, &device).repeat_dim(0, 4);
    let inputs = centres + Tensor::random([32, 16], Distribution::Normal(0.0, 0.5), &device);

    let mut network = LinearConfig::new(16, 4).init(&device);
    let mut optimizer = AdamConfig::new().init();
    let miner = Mining::BatchHard.within(0.5);
    for step in 1..=50 {
        let embeddings = network.forward(inputs.clone());
        let batch = LabelledDistances::new(embeddings.clone(), labels.clone(), Distance::Euclidean);
        let triplets = miner.mine(&batch);
        let [anchors, positives, negatives] =
            Triplet::indices(&triplets, &device).map(|rows| embeddings.clone().select(0, rows));
        let distance = |a: Tensor<2>, b: Tensor<2>| (a - b).square().sum_dim(1).sqrt();
        let gap = distance(anchors.clone(), positives) - distance(anchors, negatives);
        let loss = (gap + 0.5).clamp_min(0.0).mean();
        if step % 10 == 0 {
            let value = loss.clone().into_scalar::<f32>();
            println!("step {step}: {} triplets, loss {value:.4}", triplets.len());
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &network);
        network = optimizer.step(0.01, network, gradients);
    }
}
