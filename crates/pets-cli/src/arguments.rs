//! The command line.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches, Parser, Subcommand};

use pets_model::Architecture;

use crate::commands::embed::Part;
use crate::commands::gradcam::GradcamArguments;
use crate::config::{Config, ConfigError, KEYS, Key, Kind, Layers, Origin};

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
  pets train --resume                              go on with the interrupted run in ./outputs")]
    Train {
        #[command(flatten)]
        settings: Settings,
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
        settings: Settings,
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
        settings: Settings,
        #[command(flatten)]
        model: ModelFile,
        /// Which images.
        #[arg(long, value_enum, default_value_t = Part::Test)]
        part: Part,
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
        settings: Settings,
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
  pets compare runs/triplet runs/arcface           writes outputs/compare.html
  pets compare runs/* --out losses.html            any number of runs, each against the first
  pets compare runs/a runs/b --json                figures and differences as JSON")]
    Compare {
        #[command(flatten)]
        settings: Settings,
        /// Folders that `pets train --output-dir` wrote, two or more.
        #[arg(value_name = "RUN", required = true, num_args = 2..)]
        runs: Vec<PathBuf>,
        /// The page to write; compare.html in the output folder unless given.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Print figures and differences as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Train, evaluate and visualize in turn.
    #[command(after_help = "\
Examples:
  pets all --config configs/quickstart.toml        offline, in three minutes
  pets all --data-dir DIR --split official")]
    All {
        #[command(flatten)]
        settings: Settings,
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
        settings: Settings,
        #[command(flatten)]
        model: ModelFile,
        #[command(flatten)]
        arguments: GradcamArguments,
    },
    /// List the breeds of a dataset with species and counts.
    Breeds {
        #[command(flatten)]
        settings: Settings,
        /// Print the table as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print the settings in force as TOML, each with where it came from.
    Config {
        #[command(flatten)]
        settings: Settings,
        /// Print every key with its default and meaning instead.
        #[arg(long)]
        defaults: bool,
    },
    /// Fetch, check and draw datasets.
    Dataset {
        #[command(subcommand)]
        command: DatasetCommand,
    },
    /// List, fetch and check pretrained weights; export a model for PyTorch.
    Weights {
        #[command(subcommand)]
        command: WeightsCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum WeightsCommand {
    /// List the pretrained weights that are known, and where they are.
    List {
        #[command(flatten)]
        settings: Settings,
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
        settings: Settings,
        /// The backbones; without any, all.
        #[arg(value_name = "BACKBONE", value_parser = PossibleValuesParser::new(Architecture::NAMES))]
        backbones: Vec<String>,
    },
    /// Check the weights in the cache against their checksums.
    Verify {
        #[command(flatten)]
        settings: Settings,
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
        settings: Settings,
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
        settings: Settings,
    },
    /// Read every picture of a dataset and say which cannot be used.
    Verify {
        #[command(flatten)]
        settings: Settings,
    },
}

/// What to evaluate, and how to print it.
#[derive(Debug, Clone, Args)]
pub(crate) struct EvaluateArguments {
    /// Model files or files of embeddings; several are compared, each with the first.
    #[arg(value_name = "FILE")]
    pub(crate) sources: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) model: ModelFile,
    /// Embeddings with labels: safetensors or npz with `embeddings`, n × d, and `labels`, n; or npy, with --labels.
    #[arg(long, value_name = "FILE")]
    pub(crate) embeddings: Option<PathBuf>,
    /// The labels to embeddings in npy, in npy too.
    #[arg(long, value_name = "FILE", requires = "embeddings")]
    pub(crate) labels: Option<PathBuf>,
    /// Embeddings in which those of --embeddings are sought; without it, each among the others.
    #[arg(long, value_name = "FILE", requires = "embeddings")]
    pub(crate) gallery: Option<PathBuf>,
    /// Print the results as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print tables in Markdown.
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
    /// Also print how each breed fares.
    #[arg(long)]
    pub(crate) breeds: bool,
}

/// Whether a run begins or goes on.
#[derive(Debug, Clone, Args)]
pub(crate) struct Continuation {
    /// Go on with an interrupted run, with its own settings: the one in the folder RUN, or in the output folder.
    #[arg(long, value_name = "RUN", num_args = 0..=1, conflicts_with = "restart")]
    #[allow(
        clippy::option_option,
        reason = "clap's way to write a flag that may do without its value"
    )]
    pub(crate) resume: Option<Option<PathBuf>>,
    /// Begin anew in a folder with an interrupted run, whose checkpoints are deleted.
    #[arg(long)]
    pub(crate) restart: bool,
}

impl Continuation {
    /// The settings with the run to be resumed as the output folder.
    pub(crate) fn apply(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        if let Some(Some(run)) = &self.resume {
            settings
                .assignments
                .push(format!("output_dir={}", run.display()));
        }
        settings
    }
}

/// Which model file to use.
#[derive(Debug, Clone, Args)]
pub(crate) struct ModelFile {
    /// The model; unless given, the best model of the output folder.
    #[arg(long, aliases = ["load_model", "model-path", "model_path"], value_name = "FILE")]
    pub(crate) load_model: Option<PathBuf>,
}

/// The settings given on the command line: a file, and a flag for every key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    file: Option<PathBuf>,
    flags: Vec<(&'static Key, String)>,
    assignments: Vec<String>,
}

impl Settings {
    /// Defaults, then `model` (the settings inside a model file), then the file, then the flags.
    pub(crate) fn layers(&self, model: Option<(&str, PathBuf)>) -> Result<Layers, ConfigError> {
        let mut layers = Layers::defaults();
        if let Some((text, path)) = model {
            layers.add_toml(text, |_| Origin::Model(path.clone()))?;
        }
        if let Some(path) = &self.file {
            layers.add_file(path)?;
        }
        for (key, value) in &self.flags {
            layers.add_flag(key, value)?;
        }
        for assignment in &self.assignments {
            layers.add_set(assignment)?;
        }
        Ok(layers)
    }

    /// The configuration in force.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        Config::from_layers(&self.layers(None)?)
    }
}

impl FromArgMatches for Settings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut settings = Self::default();
        settings.update_from_arg_matches(matches)?;
        Ok(settings)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.file = matches.get_one::<PathBuf>("config").cloned();
        self.assignments = matches
            .get_many::<String>("set")
            .unwrap_or_default()
            .cloned()
            .collect();
        self.flags = KEYS
            .iter()
            .filter_map(|key| {
                let value = matches.get_one::<String>(key.path).cloned();
                let negated = matches!(key.kind, Kind::Bool) && matches.get_flag(&negation(key));
                Some((key, if negated { "false".to_owned() } else { value? }))
            })
            .collect();
        Ok(())
    }
}

impl Args for Settings {
    fn augment_args(command: clap::Command) -> clap::Command {
        let command = command
            .arg(
                Arg::new("config")
                    .long("config")
                    .value_name("FILE")
                    .value_parser(clap::value_parser!(PathBuf))
                    .help("Settings in TOML; flags go over them"),
            )
            .arg(
                Arg::new("set")
                    .long("set")
                    .value_name("KEY=VALUE")
                    .action(ArgAction::Append)
                    .help("Set any key, such as train.learning_rate=3e-4; may be repeated"),
            );
        KEYS.iter().fold(command, |command, key| {
            let command = command.arg(flag(key));
            if matches!(key.kind, Kind::Bool) {
                command.arg(negative_flag(key))
            } else {
                command
            }
        })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

fn flag(key: &'static Key) -> Arg {
    let default = match (key.default, key.kind) {
        ("", _) => String::new(),
        ("true", Kind::Bool) => format!(" [default: true; off with --{}]", negation(key)),
        (default, _) => format!(" [default: {default}]"),
    };
    let arg = Arg::new(key.path)
        .long(key.flag)
        .aliases(spellings(key))
        .value_name(key.kind.placeholder())
        .help(format!("{}{default}", key.help))
        .help_heading(heading(key))
        .allow_hyphen_values(matches!(key.kind, Kind::Int(..) | Kind::Float(..)));
    match key.kind {
        Kind::Bool => arg
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
            .value_parser(PossibleValuesParser::new(["true", "false"]))
            .hide_possible_values(true),
        Kind::Choice(words) => arg.value_parser(PossibleValuesParser::new(words.iter().copied())),
        _ => arg,
    }
}

fn negative_flag(key: &'static Key) -> Arg {
    Arg::new(negation(key))
        .long(negation(key))
        .alias(format!("no_{}", key.flag.replace('-', "_")))
        .action(ArgAction::SetTrue)
        .conflicts_with(key.path)
        .help_heading(heading(key))
        .hide(true)
}

fn negation(key: &Key) -> String {
    format!("no-{}", key.flag)
}

/// The other ways to write a flag: its aliases, and underscores for dashes.
fn spellings(key: &Key) -> Vec<String> {
    let names = || key.aliases.iter().copied().chain([key.flag]);
    let with_underscores = names()
        .filter(|name| name.contains('-'))
        .map(|name| name.replace('-', "_"));
    key.aliases
        .iter()
        .map(|alias| (*alias).to_owned())
        .chain(with_underscores)
        .collect()
}

fn heading(key: &Key) -> String {
    if key.section().is_empty() {
        "Settings".to_owned()
    } else {
        format!("Settings [{}]", key.section())
    }
}
