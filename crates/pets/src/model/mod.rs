//! A model, opened and ready to be shown pictures.

mod embedding_stream;
mod pretrained;
mod representation;
mod weights_cache;

use std::path::{Path, PathBuf};

use burn::tensor::{Device, Tensor};
use image::RgbImage;
use pets_data::{Dataset, Loader, Normalization, Transform, TransformBuffers};
use pets_eval::Embeddings;
use pets_fetch::Patience;
use pets_model::{
    Architecture, EmbeddingModel, EmbeddingModelConfig, InputNormalization, ModelDescription,
    WeightsSource,
};
use pets_train::RunFolder;

pub use embedding_stream::EmbeddingStream;
pub(crate) use embedding_stream::values;
use embedding_stream::{FedNetwork, input, planes};
pub use pretrained::{PublishedWeights, StartingModelConfig, StartingWeights};
pub use representation::Representation;

use crate::error::Error;
use crate::observer::{Observer, Work};
use crate::picture::Picture;

/// The largest side of pictures that a model out of a file may be shown, in pixels.
pub const MAX_IMG_SIZE: u32 = 1024;

/// Side of the pictures that pretrained backbones are shown, in pixels.
pub const DEFAULT_IMG_SIZE: u32 = 224;

/// A model that makes embeddings of pictures.
///
/// ```no_run
/// let model = pets::Model::open("outputs")?;
/// for embedding in model.embed(["cat.jpg", "dog.jpg"])? {
///     println!("{} values of length 1", embedding?.len());
/// }
/// # Ok::<(), pets::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Model {
    network: EmbeddingModel,
    architecture: Architecture,
    dim: usize,
    device: Device,
    transform: Transform,
    representation: Representation,
    workers: usize,
    file: Option<PathBuf>,
    description: Option<ModelDescription>,
}

impl Model {
    /// Opens a model file, or the best model of a run's folder, on the best device that there is.
    ///
    /// Files of other programs are taken too, as [`EmbeddingModel::open`] says.
    ///
    /// # Errors
    ///
    /// [`Error::NoModel`] where there is none, [`Error::Model`] where it cannot be read, [`Error::UnusableModel`] where it
    /// describes pictures that no model can be shown.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_on(path, &crate::device::resolve("auto")?)
    }

    /// As [`open`](Self::open), on a device of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_on(path: impl AsRef<Path>, device: &Device) -> Result<Self, Error> {
        let file = model_file(path.as_ref());
        if !file.exists() {
            return Err(Error::NoModel { path: file });
        }
        let opened = EmbeddingModel::open(&file, device)?;
        let img_size = match &opened.description {
            Some(description) => {
                let size = u32::try_from(description.img_size).ok();
                size.filter(|size| *size <= MAX_IMG_SIZE)
                    .ok_or_else(|| Error::UnusableModel {
                        path: file.clone(),
                        reason: format!(
                            "its image size is {}; allowed is at most {MAX_IMG_SIZE}",
                            description.img_size
                        ),
                    })?
            }
            None => DEFAULT_IMG_SIZE,
        };
        let mut model = Self::new(opened.model, &opened.config, img_size, device).map_err(
            |error| match error {
                Error::Data(source) => Error::UnusableModel {
                    path: file.clone(),
                    reason: source.to_string(),
                },
                error => error,
            },
        )?;
        model.file = Some(file);
        model.description = opened.description;
        Ok(model)
    }

    /// The features of a backbone whose pretrained weights are in the program, on the best device that there is.
    ///
    /// # Errors
    ///
    /// [`Error::NotBundled`] where its weights are not in the program.
    pub fn bundled(architecture: Architecture) -> Result<Self, Error> {
        let is_bundled = |source| matches!(source, WeightsSource::Bundled(_));
        let weights = architecture.pretrained().iter();
        let weights = *weights
            .clone()
            .find(|weights| is_bundled(weights.source))
            .ok_or(Error::NotBundled { architecture })?;
        let device = crate::device::resolve("auto")?;
        let config = EmbeddingModelConfig {
            architecture,
            embedding_size: None,
            dropout_rate: 0.0,
        };
        let weights = pretrained::load(weights, architecture, "", Patience::default(), &())?;
        let (network, _) = config.init(&device)?.load_backbone(
            architecture,
            weights,
            pets_model::Completeness::Complete,
        )?;
        Ok(Self::new(network, &config, DEFAULT_IMG_SIZE, &device)?.features())
    }

    /// A network of the caller's, which is shown pictures of `img_size` pixels each way.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] for a size that pictures cannot have.
    pub fn new(
        network: EmbeddingModel,
        config: &EmbeddingModelConfig,
        img_size: u32,
        device: &Device,
    ) -> Result<Self, Error> {
        let transform = Transform::eval(img_size, normalization_of(config.architecture))?;
        Ok(Self {
            network,
            architecture: config.architecture,
            dim: config.embedding_dim(),
            device: device.clone(),
            transform,
            representation: Representation::Embedding,
            workers: Loader::available_workers(),
            file: None,
            description: None,
        })
    }

    /// The same model without its head: what it gives are the backbone's pooled features, divided by their length.
    #[must_use]
    pub fn features(mut self) -> Self {
        self.network.head = None;
        self.dim = self.architecture.feature_dim();
        self.representation = Representation::Features;
        self
    }

    /// The same model, shown pictures of another size.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] for a size that pictures cannot have.
    pub fn with_img_size(mut self, img_size: u32) -> Result<Self, Error> {
        self.transform = Transform::eval(img_size, normalization_of(self.architecture))?;
        Ok(self)
    }

    /// The same model, with pictures decoded on so many threads; as many as the machine has unless told.
    #[must_use]
    pub fn with_workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// The embeddings of pictures (files, bytes or pixels), in their order, each of length 1.
    ///
    /// # Errors
    ///
    /// Here, where threads cannot be started; from the iterator, where a picture cannot be read: the ones after it follow.
    pub fn embed<P>(&self, pictures: P) -> Result<EmbeddingStream<'_, P::IntoIter>, Error>
    where
        P: IntoIterator<Item: Into<Picture>>,
    {
        let model = FedNetwork {
            network: &self.network,
            transform: &self.transform,
            device: &self.device,
            dim: self.dim,
        };
        EmbeddingStream::new(model, pictures.into_iter(), self.workers)
    }

    /// The embeddings of some of a dataset's samples, at least one, under the dataset's labels; `name` is what the
    /// observer is told of the work.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] for the first picture that cannot be read, [`Error::Interrupted`] where the observer says so.
    pub fn embed_samples(
        &self,
        dataset: &Dataset,
        samples: &[usize],
        name: &str,
        observer: &dyn Observer,
    ) -> Result<Embeddings, Error> {
        let items = dataset.items(samples);
        let labels = items.iter().map(|item| item.label as u32).collect();
        let work = Work::new(name, items.len(), "images");
        observer.begun(&work);
        let mut rows = Vec::with_capacity(items.len() * self.dim);
        let pictures = items.into_iter().map(|item| item.path);
        for (index, row) in self.embed(pictures)?.enumerate() {
            rows.extend(row?);
            observer.advanced(&work, index + 1);
            if observer.cancelled() {
                return Err(Error::Interrupted);
            }
        }
        observer.ended(&work);
        Ok(Embeddings::new(rows, self.dim, labels)?)
    }

    /// The embeddings of a batch: `[batch, 3, img_size, img_size]` to `[batch, dim]`, rows of length 1.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        self.network.forward(images)
    }

    /// A picture as the model is fed it: `[1, 3, img_size, img_size]`.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] for a picture that cannot be transformed.
    pub fn input_of(&self, picture: &RgbImage) -> Result<Tensor<4>, Error> {
        let mut buffers = TransformBuffers::default();
        let planes = planes(picture, &self.transform, &mut buffers)?;
        Ok(input(planes, 1, &self.transform, &self.device))
    }

    /// How a picture becomes the model's input.
    pub fn transform(&self) -> &Transform {
        &self.transform
    }

    /// The network.
    pub fn network(&self) -> &EmbeddingModel {
        &self.network
    }

    /// The backbone's name.
    pub fn architecture(&self) -> Architecture {
        self.architecture
    }

    /// Values of an embedding.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Which of its vectors it gives.
    pub fn representation(&self) -> Representation {
        self.representation
    }

    /// The device that it computes on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Side of the pictures that it is shown, in pixels.
    pub fn img_size(&self) -> u32 {
        self.transform.img_size()
    }

    /// Its file; none for a model that was not opened from one.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// What its file says of it; none for a file of another program.
    pub fn description(&self) -> Option<&ModelDescription> {
        self.description.as_ref()
    }
}

/// What the pretrained weights of a backbone expect of pixels.
pub(crate) fn normalization_of(architecture: Architecture) -> Normalization {
    let InputNormalization { mean, std } = architecture.normalization();
    Normalization { mean, std }
}

/// The file that a path means: itself, or the best model of a run's folder.
fn model_file(path: &Path) -> PathBuf {
    if path.is_dir() {
        RunFolder::new(path).best_model()
    } else {
        path.to_owned()
    }
}
