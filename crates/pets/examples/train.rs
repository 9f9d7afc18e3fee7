//! Trains an embedding on a folder with a folder of pictures per class.
//!
//! ```sh
//! cargo run --release -p pets --example train -- PICTURES RUN
//! ```

use anyhow::Context;
use pets::network::Architecture;
use pets::trainer::{RunFolder, TrainConfig, TrainEvent};
use pets::{DatasetConfig, PreparedDataset, Training, TrainingConfig};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let pictures = arguments.next().context("usage: train PICTURES RUN")?;
    let run = arguments.next().context("usage: train PICTURES RUN")?;

    let device = pets::device("auto")?;
    let data = PreparedDataset::open(DatasetConfig::new(pictures), &())?;
    let mut config = TrainingConfig::new(Architecture::EfficientnetLite0);
    config.train = TrainConfig {
        num_epochs: 2,
        batch_size: 16,
        ..config.train
    };
    let folder = RunFolder::new(run).lock()?;
    let training = Training::prepare(&config, &data, &device, None, &())?;
    let outcome = training.run(&folder, |event| {
        if let TrainEvent::Epoch(record) = event {
            println!("epoch {}: loss {:.4}", record.epoch, record.train_loss);
        }
        true
    })?;
    println!("the best epoch is {:?}", outcome.best_epoch);
    println!("{}", folder.best_model().display());
    Ok(())
}
