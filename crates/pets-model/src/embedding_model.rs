//! Backbone, pooling, head and normalisation as one model.

use std::ops::Range;

use burn::module::Module;
use burn::tensor::module::adaptive_avg_pool2d;
use burn::tensor::{Device, Tensor};

use crate::backbones::registry::{Architecture, Backbone};
use crate::error::ModelError;
use crate::head::ProjectionHead;

/// What an [`EmbeddingModel`] is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbeddingModelConfig {
    /// The backbone.
    pub architecture: Architecture,
    /// Length of an embedding, at least 1; without one there is no head, and the embedding is the feature vector.
    pub embedding_size: Option<usize>,
    /// Share of hidden units that dropout zeroes in training, in `[0, 1)`.
    pub dropout_rate: f64,
}

impl EmbeddingModelConfig {
    /// Length of an embedding.
    pub fn embedding_dim(&self) -> usize {
        self.embedding_size
            .unwrap_or(self.architecture.feature_dim())
    }

    /// A model with freshly initialised weights on `device`.
    ///
    /// # Errors
    ///
    /// [`ModelError::InvalidConfig`] for an embedding size of 0 or a dropout rate outside `[0, 1)`.
    pub fn init(&self, device: &Device) -> Result<EmbeddingModel, ModelError> {
        if self.embedding_size == Some(0) {
            return Err(ModelError::InvalidConfig(
                "embedding_size must be at least 1".to_owned(),
            ));
        }
        if !(0.0..1.0).contains(&self.dropout_rate) {
            return Err(ModelError::InvalidConfig(format!(
                "dropout_rate must be in [0, 1), found {}",
                self.dropout_rate
            )));
        }
        Ok(EmbeddingModel {
            backbone: self.architecture.init(device),
            head: self.embedding_size.map(|embedding_size| {
                ProjectionHead::new(
                    self.architecture.feature_dim(),
                    embedding_size,
                    self.dropout_rate,
                    device,
                )
            }),
        })
    }
}

/// How many of a backbone's leading stages are frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrozenStages {
    frozen: usize,
    total: usize,
}

impl FrozenStages {
    /// Reads `"none"`, `"backbone"` (every stage), or the name of the last frozen stage.
    ///
    /// # Errors
    ///
    /// [`ModelError::UnknownStage`] lists the names that `architecture` knows.
    pub fn parse(name: &str, architecture: Architecture) -> Result<Self, ModelError> {
        let stages = architecture.stages();
        let frozen = match name {
            "none" => 0,
            "backbone" => stages.len(),
            _ => 1 + stage_index(name, architecture)?,
        };
        Ok(Self {
            frozen,
            total: stages.len(),
        })
    }

    /// Number of frozen stages.
    pub const fn count(self) -> usize {
        self.frozen
    }

    /// The whole backbone frozen.
    #[must_use]
    pub const fn whole(self) -> Self {
        Self {
            frozen: self.total,
            total: self.total,
        }
    }

    /// Whether nothing of the backbone is trained.
    pub const fn whole_backbone(self) -> bool {
        self.frozen == self.total
    }
}

/// The position of a stage in [`Architecture::stages`].
///
/// # Errors
///
/// [`ModelError::UnknownStage`] lists the names that `architecture` knows.
pub fn stage_index(name: &str, architecture: Architecture) -> Result<usize, ModelError> {
    architecture
        .stages()
        .iter()
        .position(|stage| *stage == name)
        .ok_or_else(|| ModelError::UnknownStage {
            name: name.to_owned(),
            architecture,
        })
}

/// A network from images to unit-length embeddings.
///
/// # Examples
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use pets_model::{Architecture, EmbeddingModelConfig};
///
/// let device = Device::flex();
/// let model = EmbeddingModelConfig {
///     architecture: Architecture::Resnet18,
///     embedding_size: Some(64),
///     dropout_rate: 0.2,
/// }
/// .init(&device)?;
/// let embeddings = model.forward(Tensor::zeros([2, 3, 32, 32], &device));
/// assert_eq!(embeddings.dims(), [2, 64]);
/// # Ok::<(), pets_model::ModelError>(())
/// ```
#[derive(Module, Debug)]
pub struct EmbeddingModel {
    /// From images to activations.
    pub backbone: Backbone,
    /// From pooled activations to embeddings, not yet normalised; without it these are the pooled activations.
    pub head: Option<ProjectionHead>,
}

impl EmbeddingModel {
    /// Embeds images.
    ///
    /// # Shapes
    ///
    /// - `images`: `[batch, 3, height, width]`, normalised as
    ///   [`Architecture::normalization`] says
    /// - output: `[batch, embedding_dim]`, rows of length 1
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        l2_normalize(self.project(self.features(images)))
    }

    /// The pooled output of the backbone.
    ///
    /// # Shapes
    ///
    /// - `images`: `[batch, 3, height, width]`
    /// - output: `[batch, feature_dim]`
    pub fn features(&self, images: Tensor<4>) -> Tensor<2> {
        flatten(self.pooled_stages(images, 0..self.backbone.num_stages()))
    }

    /// The pooled output of the backbone divided by its length.
    ///
    /// # Shapes
    ///
    /// - `images`: `[batch, 3, height, width]`
    /// - output: `[batch, feature_dim]`, rows of length 1
    pub fn normalized_features(&self, images: Tensor<4>) -> Tensor<2> {
        l2_normalize(self.features(images))
    }

    /// The output of the frozen stages, which training need compute only once per image; pooled
    /// where the whole backbone is frozen.
    ///
    /// # Shapes
    ///
    /// - `images`: `[batch, 3, height, width]`
    /// - output: `[batch, channels, height', width']`
    pub fn forward_frozen(&self, images: Tensor<4>, frozen: FrozenStages) -> Tensor<4> {
        self.pooled_stages(images, 0..frozen.count())
    }

    /// Goes on from the output of the stages of `from` to that of the stages of `to`, which are at least as many.
    ///
    /// # Shapes
    ///
    /// - `activations`, output: `[batch, channels, height, width]`, as [`forward_frozen`](Self::forward_frozen) gives it
    pub fn forward_between(
        &self,
        activations: Tensor<4>,
        from: FrozenStages,
        to: FrozenStages,
    ) -> Tensor<4> {
        self.pooled_stages(activations, from.count()..to.count())
    }

    /// Goes on from [`forward_frozen`](Self::forward_frozen) to embeddings.
    ///
    /// # Shapes
    ///
    /// - `activations`: `[batch, channels, height', width']`
    /// - output: `[batch, embedding_dim]`, rows of length 1
    pub fn forward_trainable(&self, activations: Tensor<4>, frozen: FrozenStages) -> Tensor<2> {
        l2_normalize(self.project_trainable(activations, frozen))
    }

    /// As [`forward_trainable`](Self::forward_trainable), before the rows are brought to length 1.
    ///
    /// # Shapes
    ///
    /// - `activations`: `[batch, channels, height', width']`
    /// - output: `[batch, embedding_dim]`
    pub fn project_trainable(&self, activations: Tensor<4>, frozen: FrozenStages) -> Tensor<2> {
        self.project_from(activations, frozen.count())
    }

    /// Goes on from the output of stage `first - 1` to embeddings.
    pub(crate) fn forward_from(&self, activations: Tensor<4>, first: usize) -> Tensor<2> {
        l2_normalize(self.project_from(activations, first))
    }

    fn project_from(&self, activations: Tensor<4>, first: usize) -> Tensor<2> {
        self.project(flatten(
            self.pooled_stages(activations, first..self.backbone.num_stages()),
        ))
    }

    /// Freezes the given stages: no gradients, batch norm in evaluation mode.
    #[must_use]
    pub fn freeze(mut self, frozen: FrozenStages) -> Self {
        self.backbone = self.backbone.freeze_stages(frozen.count());
        self
    }

    /// Runs stages, with the pooling where the last one is among them.
    fn pooled_stages(&self, x: Tensor<4>, range: Range<usize>) -> Tensor<4> {
        let last = range.end == self.backbone.num_stages();
        let x = self.backbone.forward_stages(x, range);
        if last { global_average_pool(x) } else { x }
    }

    fn project(&self, features: Tensor<2>) -> Tensor<2> {
        match &self.head {
            Some(head) => head.forward(features),
            None => features,
        }
    }
}

/// Global average pooling that keeps the two axes of length one, so that pooling twice changes
/// nothing: `[batch, channels, height, width]` → `[batch, channels, 1, 1]`.
fn global_average_pool(x: Tensor<4>) -> Tensor<4> {
    adaptive_avg_pool2d(x, [1, 1])
}

/// `[batch, channels, 1, 1]` → `[batch, channels]`.
fn flatten(pooled: Tensor<4>) -> Tensor<2> {
    pooled.flatten(1, 3)
}

/// Rows divided by their Euclidean length; a zero row stays zero, with a zero gradient.
///
/// # Shapes
///
/// - `x`, output: `[batch, dim]`
pub fn l2_normalize(x: Tensor<2>) -> Tensor<2> {
    let length = x.clone().square().sum_dim(1).clamp_min(1e-24).sqrt();
    x / length
}
