//! Every key of the configuration.

use pets_model::Architecture;

use super::key::{Key, Kind};

use Kind::{Bool, Choice, Float, Int, IntList, Text, TextList};

const fn key(
    path: &'static str,
    flag: &'static str,
    kind: Kind,
    default: &'static str,
    help: &'static str,
) -> Key {
    Key {
        path,
        flag,
        aliases: &[],
        kind,
        default,
        help,
    }
}

const fn aliased(key: Key, aliases: &'static [&'static str]) -> Key {
    Key { aliases, ..key }
}

/// At least.
const fn from(min: i64) -> Kind {
    Int(min, i64::MAX)
}

const BACKBONES: Kind = Choice(Architecture::NAMES);
const SHARE: Kind = Float(0.0, 1.0);
const POSITIVE: Kind = Float(1e-12, f64::MAX);

/// Every key, section by section, in the order of `configs/default.toml`.
pub(crate) static KEYS: &[Key] = &[
    key(
        "seed",
        "seed",
        from(0),
        "42",
        "Seed of the split, the batches, the augmentation and the weights",
    ),
    key(
        "device",
        "device",
        Text,
        "\"auto\"",
        "Where to compute: auto, cpu, ndarray, cuda[:i], vulkan[:i], wgpu[:i]",
    ),
    aliased(
        key(
            "output_dir",
            "output-dir",
            Text,
            "\"outputs\"",
            "Folder of the run: models, logs, results",
        ),
        &["save-dir"],
    ),
    key(
        "data.dir",
        "data-dir",
        Text,
        "\"data/oxford-iiit-pet\"",
        "Folder of the dataset: official layout, or a folder per class",
    ),
    key(
        "data.fetch",
        "fetch",
        Bool,
        "false",
        "Fetch the Oxford-IIIT Pet dataset (800 MB) into data.dir if there is none",
    ),
    key(
        "data.url",
        "dataset-url",
        Text,
        "\"https://thor.robots.ox.ac.uk/pets\"",
        "Where images.tar.gz and annotations.tar.gz of the dataset are",
    ),
    key(
        "data.img_size",
        "img-size",
        Int(32, 1024),
        "224",
        "Side of the square input images, in pixels",
    ),
    key(
        "data.split",
        "split",
        Choice(&["random", "official"]),
        "\"random\"",
        "random (stratified by breed), or official (the dataset's own test list)",
    ),
    key(
        "data.train_val_split",
        "train-val-split",
        SHARE,
        "0.8",
        "Share of the training images that is trained on; the rest validates",
    ),
    key(
        "data.train_test_split",
        "train-test-split",
        SHARE,
        "0.9",
        "Share of all images that is not tested on (split = random)",
    ),
    key(
        "data.holdout_breeds",
        "holdout-breeds",
        TextList,
        "[\"american_bulldog\", \"Egyptian_Mau\", \"samoyed\", \"Siamese\", \"wheaten_terrier\"]",
        "Breeds kept out of training and testing, for the few-shot test; none for no hold-out",
    ),
    key(
        "data.batch_size",
        "batch-size",
        Int(2, 65536),
        "64",
        "Images per training step",
    ),
    key(
        "data.num_workers",
        "num-workers",
        Int(0, 256),
        "0",
        "Threads that decode ahead; 0 for one per core",
    ),
    key(
        "data.sampler",
        "sampler",
        Choice(&["m_per_class", "shuffle"]),
        "\"m_per_class\"",
        "How batches are drawn: m_per_class guarantees positives",
    ),
    key(
        "data.samples_per_class",
        "samples-per-class",
        Int(2, 65536),
        "4",
        "Images of a breed in a batch (sampler = m_per_class)",
    ),
    key(
        "data.augment",
        "augment",
        Bool,
        "true",
        "Whether training images are varied at random",
    ),
    key(
        "data.horizontal_flip",
        "horizontal-flip",
        Bool,
        "true",
        "Augmentation: mirror every other image",
    ),
    key(
        "data.rotation",
        "rotation",
        Float(0.0, 180.0),
        "10.0",
        "Augmentation: largest rotation, in degrees",
    ),
    key(
        "data.color_jitter",
        "color-jitter",
        SHARE,
        "0.2",
        "Augmentation: largest change of brightness, contrast and saturation",
    ),
    key(
        "data.crop_scale",
        "crop-scale",
        SHARE,
        "1.0",
        "Augmentation: smallest share of the image that a random crop keeps; 1 for no crop",
    ),
    key(
        "drawn.breeds",
        "drawn-breeds",
        Int(0, 10_000),
        "0",
        "Draw a dataset of this many breeds into data.dir if it is not there; 0 for none",
    ),
    key(
        "drawn.images",
        "drawn-images",
        Int(2, 100_000),
        "40",
        "Drawn pictures per breed",
    ),
    key(
        "drawn.size",
        "drawn-size",
        Int(32, 2048),
        "192",
        "Side of the drawn pictures, in pixels",
    ),
    key(
        "drawn.seed",
        "drawn-seed",
        from(0),
        "7",
        "Seed of the drawing",
    ),
    key(
        "model.backbone",
        "backbone",
        BACKBONES,
        "\"resnet18\"",
        "The network in front of the projection head",
    ),
    key(
        "model.pretrained",
        "pretrained",
        Bool,
        "true",
        "Start from ImageNet weights: those in the program, in the cache, or fetched from model.weights_url",
    ),
    key(
        "model.weights",
        "weights",
        Text,
        "",
        "Other weights than the preferred ones: safetensors or .pth with PyTorch's names, or a name such as imagenet1k_v1",
    ),
    key(
        "model.weights_url",
        "weights-url",
        Text,
        "\"https://download.pytorch.org/models\"",
        "Where PyTorch's published weights are",
    ),
    key(
        "model.allow_partial",
        "allow-partial",
        Bool,
        "false",
        "Accept weights that lack tensors; they keep their random start",
    ),
    key(
        "model.embedding_size",
        "embedding-size",
        Int(0, 65536),
        "256",
        "Length of an embedding; 0 for no projection head: the embedding is the backbone's features",
    ),
    key(
        "model.dropout_rate",
        "dropout-rate",
        Float(0.0, 0.99),
        "0.2",
        "Dropout in the projection head",
    ),
    key(
        "model.freeze",
        "freeze",
        Text,
        "\"none\"",
        "What is not trained: none, backbone, or the name of the last frozen stage (such as layer3)",
    ),
    key("train.num_epochs", "num-epochs", from(1), "4", "Epochs"),
    key(
        "train.optimizer",
        "optimizer",
        Choice(&["adam", "adamw"]),
        "\"adam\"",
        "Adam with L2 weight decay, or AdamW",
    ),
    aliased(
        key(
            "train.learning_rate",
            "learning-rate",
            POSITIVE,
            "1e-4",
            "Base learning rate",
        ),
        &["lr"],
    ),
    key(
        "train.backbone_lr_factor",
        "backbone-lr-factor",
        Float(0.0, 1000.0),
        "1.0",
        "The backbone's learning rate divided by the base rate",
    ),
    key(
        "train.weight_decay",
        "weight-decay",
        Float(0.0, f64::MAX),
        "1e-5",
        "Weight decay",
    ),
    key(
        "train.cache_mb",
        "cache-mb",
        from(0),
        "1024",
        "Memory for the frozen stages' output, in MiB for each part, so that it is computed once; 0 for none",
    ),
    key(
        "loss.type",
        "loss-type",
        Choice(&["arcface", "triplet", "contrastive"]),
        "\"arcface\"",
        "The loss",
    ),
    key(
        "loss.margin",
        "margin",
        Float(0.0, 4.0),
        "0.3",
        "Margin of triplet and contrastive loss, as a distance",
    ),
    aliased(
        key(
            "loss.mining",
            "mining",
            Choice(&["batch_all", "batch_hard", "batch_semi_hard"]),
            "\"batch_hard\"",
            "Which triplets of a batch count (type = triplet)",
        ),
        &["mining-type"],
    ),
    key(
        "loss.scale",
        "scale",
        POSITIVE,
        "30.0",
        "Scale of the logits (type = arcface)",
    ),
    key(
        "loss.angular_margin",
        "angular-margin",
        Float(0.0, std::f64::consts::PI),
        "0.5",
        "Angular margin in radians (type = arcface)",
    ),
    key(
        "scheduler.type",
        "scheduler-type",
        Choice(&["warmup_cosine", "none", "step", "plateau", "cosine"]),
        "\"warmup_cosine\"",
        "How the learning rate changes",
    ),
    key(
        "scheduler.step_size",
        "step-size",
        from(1),
        "10",
        "Epochs between reductions (type = step)",
    ),
    key(
        "scheduler.gamma",
        "gamma",
        Float(1e-6, 1.0),
        "0.1",
        "Factor of a reduction (type = step, plateau)",
    ),
    aliased(
        key(
            "scheduler.patience",
            "scheduler-patience",
            from(0),
            "5",
            "Epochs without improvement before a reduction (type = plateau)",
        ),
        &["patience"],
    ),
    key(
        "scheduler.min_lr",
        "min-lr",
        Float(0.0, f64::MAX),
        "1e-6",
        "Lowest learning rate (type = plateau, cosine, warmup_cosine)",
    ),
    key(
        "scheduler.warmup_epochs",
        "warmup-epochs",
        from(0),
        "1",
        "Epochs of warm-up (type = warmup_cosine)",
    ),
    key(
        "early_stopping.enabled",
        "early-stopping",
        Bool,
        "true",
        "Stop when validation no longer improves",
    ),
    key(
        "early_stopping.patience",
        "early-stopping-patience",
        from(1),
        "3",
        "Epochs without improvement before stopping",
    ),
    aliased(
        key(
            "early_stopping.delta",
            "early-stopping-delta",
            Float(0.0, f64::MAX),
            "1e-4",
            "Change that counts as an improvement",
        ),
        &["early-stopping-min-delta"],
    ),
    key(
        "early_stopping.monitor",
        "monitor",
        Choice(&["val_loss", "recall@1", "map@r"]),
        "\"val_loss\"",
        "What tells the best epoch",
    ),
    key(
        "evaluation.k_values",
        "k-values",
        IntList(1, 10_000),
        "[1, 5, 10]",
        "The K of Recall@K and Precision@K",
    ),
    key(
        "evaluation.n_way",
        "n-way",
        Int(2, 10_000),
        "5",
        "Breeds of a few-shot task",
    ),
    key(
        "evaluation.k_shot",
        "k-shot",
        Int(1, 10_000),
        "5",
        "Support images per breed of a few-shot task",
    ),
    key(
        "evaluation.num_few_shot_tasks",
        "num-few-shot-tasks",
        Int(1, 1_000_000),
        "100",
        "Few-shot tasks",
    ),
    key(
        "evaluation.representation",
        "representation",
        Choice(&["embedding", "features"]),
        "\"embedding\"",
        "What is evaluated: the model's embeddings, or the backbone's features without the head",
    ),
    key(
        "evaluation.baseline",
        "baseline",
        Bool,
        "false",
        "Also evaluate the untrained backbone's features, for comparison",
    ),
    key(
        "visualization.tsne_perplexity",
        "tsne-perplexity",
        Float(1.0, 1000.0),
        "30.0",
        "Perplexity of t-SNE",
    ),
    key(
        "visualization.umap_n_neighbors",
        "umap-n-neighbors",
        Int(2, 1000),
        "15",
        "Neighbours of UMAP",
    ),
    key(
        "visualization.num_queries",
        "num-queries",
        Int(1, 100),
        "5",
        "Queries on a retrieval sheet",
    ),
    key(
        "visualization.num_samples",
        "num-samples",
        Int(1, 100),
        "5",
        "Pictures on the Grad-CAM sheet",
    ),
];

/// The key at a path.
pub(crate) fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}
