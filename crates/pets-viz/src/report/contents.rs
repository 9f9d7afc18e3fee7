//! What a report says.

use serde::Serialize;

use super::Jpeg;
use crate::{CamRow, EpochPoint, Projection, VizError, heatmap_overlay};

/// How far the colours of an attention map cover the image.
const OPACITY: f32 = 0.55;

/// Everything a page about a model shows; what is empty is left out of the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Heading of the page.
    pub title: String,
    /// A line under the heading.
    pub subtitle: String,
    /// What a class is called in the page, for instance `breed`.
    pub class_word: String,
    /// The same for several, for instance `breeds`.
    pub classes_word: String,
    /// Short facts under the heading: model, number of images, date.
    pub facts: Vec<Fact>,
    /// The figures that matter most.
    pub headlines: Vec<Headline>,
    /// The settings of the run, as they would stand in a file.
    pub configuration: String,
    /// The epochs of training, in order.
    pub history: Vec<EpochPoint>,
    /// The epoch whose model was kept.
    pub best_epoch: Option<usize>,
    /// How well pairs of one class are told from pairs of two.
    pub verification: Option<Verification>,
    /// The classes; [`Sample::class`] counts them from 0.
    pub classes: Vec<Class>,
    /// Pairs of classes that are mistaken for each other, the worst first.
    pub confused: Vec<ConfusedPair>,
    /// The images that were judged; [`Neighbour::sample`] counts them from 0.
    pub samples: Vec<Sample>,
    /// Maps of the samples, a point for each.
    pub maps: Vec<Projection>,
    /// Images and where the model looks in them.
    pub attention: Vec<Attention>,
}

impl Default for Report {
    /// An empty report about `classes`.
    fn default() -> Self {
        Self {
            title: String::new(),
            subtitle: String::new(),
            class_word: "class".into(),
            classes_word: "classes".into(),
            facts: Vec::new(),
            headlines: Vec::new(),
            configuration: String::new(),
            history: Vec::new(),
            best_epoch: None,
            verification: None,
            classes: Vec::new(),
            confused: Vec::new(),
            samples: Vec::new(),
            maps: Vec::new(),
            attention: Vec::new(),
        }
    }
}

/// A name and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// For instance `test images`.
    pub name: String,
    /// For instance `1,840`.
    pub value: String,
}

/// A figure of merit, a share from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Headline {
    /// Its name, for instance `Recall@1`.
    pub name: String,
    /// What it means, in a sentence for someone who has not met it.
    pub meaning: String,
    /// Its value.
    pub value: f64,
    /// The ends of its 95 % interval.
    pub interval: Option<[f64; 2]>,
    /// The same figure before training.
    pub baseline: Option<f64>,
    /// Whether a smaller value is better, as it is of an error rate.
    pub lower_is_better: bool,
}

impl Headline {
    /// A figure of which more is better, without interval and baseline.
    pub fn new(name: impl Into<String>, value: f64) -> Self {
        Self {
            name: name.into(),
            meaning: String::new(),
            value,
            interval: None,
            baseline: None,
            lower_is_better: false,
        }
    }
}

/// Verification at every threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {
    /// The ROC curve, from the strictest threshold to the loosest.
    pub roc: Vec<RocStep>,
    /// The area under it.
    pub auc: Option<f64>,
    /// The equal error rate.
    pub eer: Option<f64>,
    /// The threshold of equal error, where the page starts.
    pub eer_threshold: Option<f64>,
    /// What is compared with the threshold, for instance `Euclidean distance`.
    pub measure: String,
    /// How the distances of pairs are spread.
    pub histogram: Option<Histogram>,
}

/// A point of the ROC curve: the rates when pairs no farther apart than the threshold are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RocStep {
    /// Share of the pairs of two classes that are accepted.
    pub false_accept_rate: f64,
    /// Share of the pairs of one class that are accepted.
    pub true_accept_rate: f64,
    /// The largest distance accepted; `None` where no pair is.
    pub threshold: Option<f64>,
}

/// Two histograms over the same bins.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Histogram {
    /// Bounds of the bins, rising: one more than there are bins.
    pub edges: Vec<f64>,
    /// Density of the pairs of one class in each bin.
    pub positive: Vec<f64>,
    /// Density of the pairs of two classes in each bin.
    pub negative: Vec<f64>,
}

/// A class and how its images fare.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// The kind it belongs to, where there are several, for instance `cat` and `dog`.
    pub kind: Option<String>,
    /// Recall@1 of its images.
    pub recall_at_1: Option<f64>,
    /// MAP@R of its images.
    pub map_at_r: Option<f64>,
    /// Share of its pairs that are accepted at the threshold of equal error.
    pub true_accept_rate: Option<f64>,
    /// Share of its pairs with other classes that are accepted there.
    pub false_accept_rate: Option<f64>,
}

impl Class {
    /// A class of which no figures are known.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind: None,
            recall_at_1: None,
            map_at_r: None,
            true_accept_rate: None,
            false_accept_rate: None,
        }
    }
}

/// Two classes that are mistaken for each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ConfusedPair {
    /// The two classes.
    pub classes: [usize; 2],
    /// Pairs of images, one of each class, that were accepted as one class.
    pub accepted: u64,
    /// Pairs of images, one of each class.
    pub pairs: u64,
}

/// An image that was judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// Its name, for instance that of its file.
    pub name: String,
    /// Its class.
    pub class: usize,
    /// The image, small: see [`Jpeg::thumbnail`].
    pub photo: Jpeg,
    /// The most similar other samples, the most similar first.
    pub neighbours: Vec<Neighbour>,
    /// Average precision at R of the sample as a query, by which queries are ordered.
    pub average_precision: Option<f64>,
}

/// A sample near another one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Neighbour {
    /// Which sample.
    pub sample: usize,
    /// Its similarity, for instance the cosine of the embeddings.
    pub similarity: f32,
}

/// An image and where the model looks in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attention {
    /// What the image shows and what the map is about.
    pub caption: String,
    /// The image.
    pub image: Jpeg,
    /// The image with the map over it.
    pub overlay: Jpeg,
}

impl Attention {
    /// Longest side of the images in the page.
    const SIDE: u32 = 320;

    /// An image and its map, made small enough for a page.
    ///
    /// # Errors
    /// [`VizError::Empty`] for an image without pixels, [`VizError::Encode`] where the encoder
    /// fails.
    pub fn new(row: &CamRow) -> Result<Self, VizError> {
        let overlay = heatmap_overlay(&row.image, &row.map, OPACITY)?;
        Ok(Self {
            caption: row.caption.clone(),
            image: Jpeg::within(&row.image, Self::SIDE)?,
            overlay: Jpeg::within(&overlay, Self::SIDE)?,
        })
    }
}
