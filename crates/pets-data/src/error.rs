//! What can go wrong between an image folder and a batch.

use std::path::PathBuf;

use crate::layout::list_fault::ListFault;

/// Whatever can go wrong between an image folder and a batch of tensors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The folder holds no known layout with images in it.
    #[error("no labelled images in {}; looked for {}", .dir.display(), join_paths(.looked_for))]
    NotFound {
        /// The folder that was opened.
        dir: PathBuf,
        /// Where images were looked for, in that order.
        looked_for: Vec<PathBuf>,
    },
    /// A file or folder could not be read.
    #[error("cannot read {}: {source}", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A name is that of no split.
    #[error("there is no split `{given}`: use one of {allowed}")]
    UnknownSplit {
        /// The name given.
        given: String,
        /// The names known, separated by commas.
        allowed: String,
    },
    /// A line of an official list is wrong.
    #[error("{}:{line}: {fault}", .file.display())]
    List {
        /// The list.
        file: PathBuf,
        /// Line number, from 1.
        line: usize,
        /// What is wrong with the line.
        fault: ListFault,
    },
    /// An official list names an image that is not there.
    #[error(
        "{}:{line}: image {name} is missing from {} ({missing} of {listed} listed images are); \
         extract images.tar.gz again",
        .file.display(), .images.display()
    )]
    MissingImage {
        /// The list that names the image.
        file: PathBuf,
        /// Line number in the list, from 1.
        line: usize,
        /// The image's name, without extension.
        name: String,
        /// The folder the image should be in.
        images: PathBuf,
        /// How many listed images are missing.
        missing: usize,
        /// How many images are listed.
        listed: usize,
    },
    /// A file name does not tell the class: `CLASS_NUMBER.jpg` is needed.
    #[error(
        "{}: cannot tell the class from the file name; expected CLASS_NUMBER.jpg, \
         as in Egyptian_Mau_12.jpg", .path.display()
    )]
    ClasslessName {
        /// The image.
        path: PathBuf,
    },
    /// Two class folders are one, reached by a link: its images would have two labels.
    #[error(
        "{} and {} are the same folder, which cannot be two classes; remove one of them",
        .first.display(), .second.display()
    )]
    SameFolder {
        /// The folder under one name.
        first: PathBuf,
        /// The folder under the other.
        second: PathBuf,
    },
    /// No class has this name.
    #[error(
        "unknown class {name:?}{}; the dataset has {classes} classes",
        .suggestion.as_ref().map(|near| format!(", did you mean {near:?}?")).unwrap_or_default()
    )]
    UnknownClass {
        /// The name asked for.
        name: String,
        /// The most similar known name, if one is similar.
        suggestion: Option<String>,
        /// How many classes there are.
        classes: usize,
    },
    /// A share of a split is not in (0, 1].
    #[error("{name} = {value} is out of range: it must be above 0 and at most 1")]
    ShareOutOfRange {
        /// The field of the configuration.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// A class has fewer images than the split has parts.
    #[error(
        "class {class} has {images} images to divide, but {needed} are needed, one for each part; \
         add images, hold the class out, or remove it"
    )]
    TooFewImages {
        /// The class.
        class: String,
        /// How many images it has (official split: in `trainval.txt`).
        images: usize,
        /// How many it needs.
        needed: usize,
    },
    /// A class has no image left to train on once the unusable ones are left out.
    #[error(
        "no image of class {class} that is to be trained on can be used ({unusable} cannot); \
         repair them, hold the class out, or remove it"
    )]
    NoUsableImage {
        /// The class.
        class: String,
        /// How many of its images to train on cannot be used.
        unusable: usize,
    },
    /// Fewer than two classes are left to train on.
    #[error(
        "{left} of {classes} classes are left to train on after holding out {held_out}; \
         at least 2 are needed"
    )]
    TooFewClasses {
        /// Classes left.
        left: usize,
        /// Classes in the dataset.
        classes: usize,
        /// Classes held out.
        held_out: usize,
    },
    /// A part of the official split has no image.
    #[error(
        "the official split has no image for {part}: it needs annotations/trainval.txt and \
         annotations/test.txt with images of classes that are not held out; use the random split"
    )]
    EmptyPart {
        /// The list without images.
        part: &'static str,
    },
    /// The image could not be decoded.
    #[error("cannot decode image {}: {reason}", .path.display())]
    Decode {
        /// The image.
        path: PathBuf,
        /// What the decoder said.
        reason: String,
    },
    /// The image takes more memory while it is decoded than all images together may.
    #[error(
        "image {} of {width} x {height} pixels takes {} MiB of memory to be decoded, and all images together may take \
         {} MiB; data.decode_mb allows more",
        .path.display(), .need.div_ceil(1 << 20), .budget >> 20
    )]
    DecodingBudget {
        /// The image.
        path: PathBuf,
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// The most bytes that decoding it takes.
        need: u64,
        /// The bytes that there are for all.
        budget: u64,
    },
    /// The transform's parameters contradict themselves.
    #[error("{name} = {value} is out of range: {allowed}")]
    TransformOutOfRange {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f32,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The picture or the output slice given to a transform has the wrong size.
    #[error("cannot transform: {reason}")]
    Transform {
        /// Which size is wrong.
        reason: String,
    },
    /// The sampler cannot make batches of these labels.
    #[error("cannot make batches: {reason}")]
    Sampler {
        /// Why not, and what would be allowed.
        reason: String,
    },
    /// The loader could not start its threads, or one of them failed.
    #[error("the loader's threads failed: {reason}")]
    Threads {
        /// What happened.
        reason: String,
    },
    /// Whoever was told of the progress said to stop.
    #[error("interrupted")]
    Interrupted,
    /// A batch names an item that the loader does not have.
    #[error("a batch names item {position}, but the loader has {items} items")]
    NoSuchItem {
        /// The position asked for.
        position: usize,
        /// How many items the loader has.
        items: usize,
    },
}

impl DataError {
    /// The error of a sampler that cannot make batches.
    pub(crate) fn sampler(reason: impl Into<String>) -> Self {
        Self::Sampler {
            reason: reason.into(),
        }
    }
}

fn join_paths(paths: &[PathBuf]) -> String {
    let shown: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    shown.join(", ")
}
