//! The commands, each with its arguments and examples.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};
use pets::network::Architecture;

use super::continuation::Continuation;
use super::inputs::{EvaluateArguments, ModelFile};
use super::settings::SettingsArguments;
use crate::commands::embed::DatasetPart;
use crate::commands::gradcam::GradcamArguments;

/// Learns how alike two pets look: trains, judges and uses an image-similarity model.
#[derive(Debug, Parser)]
#[command(
    name = "pets",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(after_help = "\
Examples:
  pets all --config configs/quickstart.toml        draw pets, train, evaluate, make all pictures
  pets train --data-dir DIR --loss-type triplet    train on your pictures
  pets evaluate FILE                               judge a model on the test images it has not seen
  pets compare RUN RUN                             runs against each other on one page
  pets weights fetch resnet50                      ImageNet weights into the cache
  pets config                                      every setting in force, and where it came from

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted by Ctrl-C, 143 by SIGTERM.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train a model and write a run folder.
    #[command(after_help = "\
Examples:
  pets train --data-dir data/oxford-iiit-pet --backbone efficientnet_lite0 --freeze backbone
  pets train --loss-type triplet --mining batch_semi_hard --num-epochs 20
  pets train --config configs/quickstart.toml --set train.learning_rate=3e-4
  pets train --resume                              go on with the interrupted run in ./outputs

What the line of an epoch says of the last batch:
  active   share of the loss's terms (triplets, pairs) that there is something to learn from
  right    share of images nearest to their own breed's prototype (losses with prototypes)
  d+, d-   mean distance of two images of one breed, of two breeds; training drives them apart
  norm     mean length of the embeddings before they are brought to length 1")]
    Train {
        #[command(flatten)]
        settings: SettingsArguments,
        #[command(flatten)]
        continuation: Continuation,
        /// Evaluate the best model afterwards.
        #[arg(long)]
        evaluate: bool,
    },
    /// Judge models or embeddings on images they have not seen: verification, retrieval, few-shot, clusters.
    #[command(after_help = "\
Examples:
  pets evaluate                                    the best model of ./outputs
  pets evaluate model.safetensors --json           any model file, results as JSON
  pets evaluate checkpoint.pth                     a PyTorch checkpoint
  pets evaluate a.safetensors b.safetensors        two models side by side, with the difference's interval
  pets evaluate --embeddings FILE                  anyone's embeddings: safetensors or npz
  pets evaluate --representation features --backbone efficientnet_lite0
                                                   the pretrained backbone, untrained")]
    Evaluate {
        #[command(flatten)]
        settings: SettingsArguments,
        #[command(flatten)]
        arguments: EvaluateArguments,
    },
    /// Write the embeddings of a dataset's images to a file.
    #[command(after_help = "\
Examples:
  pets embed --out test.safetensors                the test images, by the best model of ./outputs
  pets embed --part all --out all.npz --load-model FILE")]
    Embed {
        #[command(flatten)]
        settings: SettingsArguments,
        #[command(flatten)]
        model: ModelFile,
        /// Which images.
        #[arg(long, value_enum, default_value_t = DatasetPart::Test)]
        part: DatasetPart,
        /// The file to write: .safetensors or .npz.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Draw curves, ROC, t-SNE, UMAP, retrieval sheets and attention maps of a model.
    #[command(after_help = "\
Examples:
  pets visualize                                   the best model of ./outputs
  pets visualize --load-model FILE --output-dir DIR --theme dark
  pets visualize --query cat.jpg --query dog.jpg   the test images most like any pictures")]
    Visualize {
        #[command(flatten)]
        settings: SettingsArguments,
        #[command(flatten)]
        model: ModelFile,
        /// Draw only what is found for this picture; may be repeated.
        #[arg(long, value_name = "PICTURE")]
        query: Vec<PathBuf>,
        /// The breed that the queries show, so that right and wrong can be told.
        #[arg(long, value_name = "NAME", requires = "query")]
        query_breed: Option<String>,
    },
    /// Compare runs on one page: figures with the differences' intervals, curves, settings.
    ///
    /// The best model of each run is judged anew on its test images. Where these are the same images, a
    /// paired bootstrap tells which differences to the first run may be chance.
    #[command(after_help = "\
Examples:
  pets compare runs/triplet runs/arcface           writes compare.html
  pets compare runs/* --out losses.html            any number of runs, each against the first
  pets compare runs/a runs/b --json                figures and differences as JSON")]
    Compare {
        #[command(flatten)]
        settings: SettingsArguments,
        /// Folders that `pets train --output-dir` wrote, two or more.
        #[arg(value_name = "RUN", required = true, num_args = 2..)]
        runs: Vec<PathBuf>,
        /// The page to write; compare.html here unless given.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Print figures and differences as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Train, evaluate and visualize in turn.
    #[command(after_help = "\
Examples:
  pets all --config configs/quickstart.toml        offline, in about a minute on two cores
  pets all --data-dir DIR --split official
  pets all --config FILE --restart                 the same anew, over what is there")]
    All {
        #[command(flatten)]
        settings: SettingsArguments,
        #[command(flatten)]
        continuation: Continuation,
    },
    /// Show which parts of pictures speak for a breed, for another picture, or for a value of the embedding.
    #[command(after_help = "\
Examples:
  pets gradcam                                     samples of the test images
  pets gradcam cat.jpg dog.jpg --stage layer3      any pictures
  pets gradcam a.jpg --target b.jpg                which parts make these two alike
  pets gradcam a.jpg --dimension 7 --method layer-cam")]
    Gradcam {
        #[command(flatten)]
        settings: SettingsArguments,
        #[command(flatten)]
        model: ModelFile,
        #[command(flatten)]
        arguments: GradcamArguments,
    },
    /// List the breeds of a dataset with species and counts.
    #[command(after_help = "\
Examples:
  pets breeds                                      of the dataset in data/oxford-iiit-pet
  pets breeds --data-dir DIR --json                of yours, as JSON")]
    Breeds {
        #[command(flatten)]
        settings: SettingsArguments,
        /// Print the table as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the settings in force as TOML, each with where it came from.
    #[command(after_help = "\
Examples:
  pets config --config FILE --lr 3e-4              what a run with these would be trained with
  pets config --defaults > my.toml                 a file to begin from: every setting, explained

The flag of every setting can be given here, too; `pets all --help` lists them.")]
    Config {
        #[command(flatten)]
        settings: SettingsArguments,
        /// Print every key with its default and meaning instead.
        #[arg(long)]
        defaults: bool,
    },
    /// Fetch, check and draw datasets.
    #[command(after_help = "\
Examples:
  pets dataset fetch                               Oxford-IIIT Pet, into data/oxford-iiit-pet
  pets dataset verify --data-dir DIR               can every picture be used?
  pets dataset draw --out data/drawn               invented pets, offline")]
    Dataset {
        #[command(subcommand)]
        command: DatasetCommand,
    },
    /// List, fetch and check pretrained weights; export a model for PyTorch.
    #[command(after_help = "\
Examples:
  pets weights list                                what there is, and where
  pets weights fetch resnet50                      into the cache
  pets weights export --out for_torch.safetensors  the best model of ./outputs")]
    Weights {
        #[command(subcommand)]
        command: WeightsCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum WeightsCommand {
    /// List the pretrained weights that are known, and where they are.
    #[command(after_help = "\
Examples:
  pets weights list
  pets weights list --json                         with the addresses to fetch them from")]
    List {
        #[command(flatten)]
        settings: SettingsArguments,
        /// Print the list as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Fetch pretrained weights into the cache: `PETS_CACHE`, else the platform's cache folder.
    #[command(after_help = "\
Examples:
  pets weights fetch resnet50                      the weights of one backbone
  pets weights fetch                               all that are not in the program")]
    Fetch {
        #[command(flatten)]
        settings: SettingsArguments,
        /// The backbones; without any, all.
        #[arg(value_name = "BACKBONE", value_parser = PossibleValuesParser::new(Architecture::NAMES))]
        backbones: Vec<String>,
    },
    /// Check the weights in the cache against their checksums.
    #[command(after_help = "\
Example:
  pets weights verify                              exit code 1 where a file is damaged")]
    Verify {
        #[command(flatten)]
        settings: SettingsArguments,
    },
    /// Write a model as safetensors that PyTorch loads, with torchvision's tensor names.
    #[command(after_help = "\
Example:
  pets weights export --load-model outputs/models/best_model.safetensors --out for_torch.safetensors

In Python:
  model = torchvision.models.resnet18()
  model.fc = nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Dropout(), nn.Linear(512, 256))
  model.load_state_dict(safetensors.torch.load_file(\"for_torch.safetensors\"))
  embeddings = nn.functional.normalize(model.eval()(images))")]
    Export {
        #[command(flatten)]
        settings: SettingsArguments,
        #[command(flatten)]
        model: ModelFile,
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DatasetCommand {
    /// Draw a dataset of invented pets, in the official layout.
    #[command(after_help = "\
Example:
  pets dataset draw --out data/drawn --breeds 12 --images 40 --size 192 --seed 7")]
    Draw {
        /// Folder to write; it must be empty or absent, or hold the same drawing.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Number of breeds.
        #[arg(long, value_name = "N", default_value_t = 12)]
        breeds: usize,
        /// Pictures per breed.
        #[arg(long, value_name = "N", default_value_t = 40)]
        images: usize,
        /// Side of a picture in pixels.
        #[arg(long, value_name = "N", default_value_t = 192)]
        size: u32,
        /// The same seed gives the same files, byte for byte.
        #[arg(long, value_name = "N", default_value_t = 7)]
        seed: u64,
    },
    /// Fetch the Oxford-IIIT Pet dataset (800 MB) into data.dir, unpack and check it.
    #[command(after_help = "\
Examples:
  pets dataset fetch                               into data/oxford-iiit-pet
  pets dataset fetch --data-dir DIR --dataset-url https://mirror.example/pets")]
    Fetch {
        #[command(flatten)]
        settings: SettingsArguments,
    },
    /// Read every picture of a dataset and say which cannot be used.
    #[command(after_help = "\
Example:
  pets dataset verify --data-dir DIR               exit code 1 where a picture cannot be used")]
    Verify {
        #[command(flatten)]
        settings: SettingsArguments,
    },
}
