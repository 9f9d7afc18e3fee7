//! `cargo xtask bench`: whole jobs on real photos, whose tables stand in the documentation.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Subcommand;

use crate::endurance;
use crate::growth;
use crate::performance;
use crate::shell::CommandLine;

#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Compare every loss on the features of the frozen bundled backbone.
    Losses {
        /// Oxford-IIIT Pet in its official layout.
        #[arg(long)]
        data_dir: PathBuf,
    },
    /// Time training steps, inference, loading and evaluation, beside PyTorch, torchvision and faiss where asked.
    Performance {
        /// Oxford-IIIT Pet in its official layout.
        #[arg(long)]
        data_dir: PathBuf,
        /// A Python with torch, torchvision and faiss-cpu, which runs the same jobs in turns with ours.
        #[arg(long, value_name = "PYTHON")]
        peer: Option<PathBuf>,
        /// How often everything is measured; the best round counts.
        #[arg(long, default_value_t = 2)]
        rounds: usize,
        /// Receives all figures as JSON.
        #[arg(long, default_value = "outputs/bench/performance.json")]
        out: PathBuf,
    },
    /// Time training steps, inference and evaluation at growing sizes, and draw how they grow.
    Growth {
        /// Receives all figures as JSON.
        #[arg(long, default_value = "outputs/bench/growth.json")]
        out: PathBuf,
        /// Receives the pictures.
        #[arg(long, default_value = "docs/growth")]
        pictures: PathBuf,
    },
    /// Train the frozen-backbone recipe with three seeds and set the models beside the features they start from.
    Results {
        /// Oxford-IIIT Pet in its official layout.
        #[arg(long)]
        data_dir: PathBuf,
        /// Where the runs are kept.
        #[arg(long, default_value = "outputs/bench")]
        out: PathBuf,
    },
    /// Train many epochs on drawn pets and print what memory, threads and files the process holds early and late.
    Endurance {
        /// The program, as `cargo build --release -p pets-cli` leaves it.
        #[arg(long, default_value = "target/release/pets")]
        pets: PathBuf,
        /// Where the run is kept.
        #[arg(long, default_value = "outputs/endurance")]
        out: PathBuf,
        /// Epochs to train.
        #[arg(long, default_value_t = 500)]
        epochs: usize,
        /// Further arguments of `pets train`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

pub(crate) fn run(bench: &Bench) -> Result<()> {
    match bench {
        Bench::Losses { data_dir } => {
            CommandLine::new("cargo run --release -p pets-train --example compare_losses --")
                .with_path("--data-dir", data_dir)
                .run_and_say()
        }
        Bench::Performance {
            data_dir,
            peer,
            rounds,
            out,
        } => {
            CommandLine::new(performance::BUILD).run_and_say()?;
            performance::run(data_dir, peer.as_deref(), *rounds, out)
        }
        Bench::Growth { out, pictures } => {
            CommandLine::new(performance::BUILD).run_and_say()?;
            growth::run(out, pictures)
        }
        Bench::Results { data_dir, out } => results(data_dir, out),
        Bench::Endurance {
            pets,
            out,
            epochs,
            arguments,
        } => endurance::run(pets, out, *epochs, arguments),
    }
}

fn results(data_dir: &Path, out: &Path) -> Result<()> {
    let pets = |words| CommandLine::new("cargo run --release -p pets-cli --").with_arguments(words);
    let features = out.join("features.npz");
    std::fs::create_dir_all(crate::shell::root().join(out))?;
    pets("embed --representation features --backbone efficientnet_lite0")
        .with_arguments("--split official --holdout-breeds none")
        .with_path("--data-dir", data_dir)
        .with_path("--out", &features)
        .run_and_say()?;
    let mut evaluate = pets("evaluate --markdown").with_word(&features);
    for seed in ["1", "2", "3"] {
        let run = out.join(format!("seed-{seed}"));
        let embeddings = out.join(format!("seed-{seed}.npz"));
        pets("train --restart --config configs/frozen-lite0.toml --seed")
            .with_arguments(seed)
            .with_path("--data-dir", data_dir)
            .with_path("--output-dir", &run)
            .run_and_say()?;
        pets("embed")
            .with_path("--data-dir", data_dir)
            .with_path("--load-model", &run.join("models/best_model.safetensors"))
            .with_path("--out", &embeddings)
            .run_and_say()?;
        evaluate = evaluate.with_word(&embeddings);
    }
    evaluate.run_and_say()
}
