//! Embeddings of any number of pictures, as they come.

use std::collections::VecDeque;
use std::iter::Fuse;
use std::sync::mpsc::{Receiver, channel};

use burn::tensor::{Device, Tensor, TensorData};
use image::RgbImage;
use pets_data::{DataError, Transform, TransformBuffers};
use pets_model::EmbeddingModel;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::DEFAULT_IMG_SIZE;
use crate::error::Error;
use crate::picture::Picture;

/// Pictures that the model is shown at a time, at most.
const LARGEST_BATCH: usize = 32;

/// Pictures of `img_size` pixels each way that the model is shown at a time: no more pixels than those of a whole batch
/// at the default size.
fn batch(img_size: u32) -> usize {
    let [pixels, usual] = [img_size, DEFAULT_IMG_SIZE].map(|side| (side as usize).pow(2));
    (LARGEST_BATCH * usual / pixels).clamp(1, LARGEST_BATCH)
}

/// A picture as the model is fed it, or why it cannot be used.
type Prepared = Result<Vec<f32>, DataError>;

/// A network and what it is fed.
#[derive(Debug, Clone, Copy)]
pub(super) struct FedNetwork<'m> {
    pub(super) network: &'m EmbeddingModel,
    pub(super) transform: &'m Transform,
    pub(super) device: &'m Device,
    pub(super) dim: usize,
}

/// The embeddings of a sequence of pictures, in its order: what [`Model::embed`](crate::Model::embed) gives.
///
/// Pictures are decoded on threads of their own, a batch ahead of the model, so memory does not grow with their number.
/// One that cannot be read is an error in its place, and the next ones follow.
pub struct EmbeddingStream<'m, I: Iterator> {
    model: FedNetwork<'m>,
    pictures: Fuse<I>,
    pool: ThreadPool,
    ahead: Option<Receiver<Vec<Prepared>>>,
    ready: VecDeque<Result<Vec<f32>, Error>>,
}

impl<'m, I> EmbeddingStream<'m, I>
where
    I: Iterator<Item: Into<Picture>>,
{
    pub(super) fn new(model: FedNetwork<'m>, pictures: I, workers: usize) -> Result<Self, Error> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(workers)
            .thread_name(|index| format!("pictures-{index}"))
            .build()
            .map_err(|error| DataError::Threads {
                reason: error.to_string(),
            })?;
        let mut stream = Self {
            model,
            pictures: pictures.fuse(),
            pool,
            ahead: None,
            ready: VecDeque::new(),
        };
        stream.read_ahead();
        Ok(stream)
    }

    /// Begins to prepare the next pictures, if there are any.
    fn read_ahead(&mut self) {
        let batch = batch(self.model.transform.img_size());
        let pictures: Vec<Picture> = self.pictures.by_ref().take(batch).map(Into::into).collect();
        if pictures.is_empty() {
            return;
        }
        let transform = self.model.transform.clone();
        let (sender, receiver) = channel();
        self.pool.spawn(move || {
            // Nobody receives where the stream was dropped.
            let _ = sender.send(prepare(pictures, &transform));
        });
        self.ahead = Some(receiver);
    }

    fn embed_next_batch(&mut self) -> Option<()> {
        let received = self.ahead.take()?.recv();
        self.read_ahead();
        let Ok(prepared) = received else {
            let reason = "the reading threads ended early".to_owned();
            self.ready
                .push_back(Err(DataError::Threads { reason }.into()));
            return Some(());
        };
        let planes: Vec<f32> = prepared.iter().flatten().flatten().copied().collect();
        let usable = prepared.iter().filter(|picture| picture.is_ok()).count();
        let rows = if usable > 0 {
            let input = input(planes, usable, self.model.transform, self.model.device);
            values(self.model.network.forward(input))
        } else {
            Vec::new()
        };
        let mut rows = rows.chunks_exact(self.model.dim);
        self.ready.extend(prepared.into_iter().map(|picture| {
            picture?;
            let row = rows.next().expect("the model gives a row for each picture");
            Ok(row.to_vec())
        }));
        Some(())
    }
}

impl<I> Iterator for EmbeddingStream<'_, I>
where
    I: Iterator<Item: Into<Picture>>,
{
    type Item = Result<Vec<f32>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ready.is_empty() {
            self.embed_next_batch()?;
        }
        self.ready.pop_front()
    }
}

fn prepare(pictures: Vec<Picture>, transform: &Transform) -> Vec<Prepared> {
    pictures
        .into_par_iter()
        .map_init(TransformBuffers::default, |buffers, picture| {
            planes(&*picture.into_pixels()?, transform, buffers)
        })
        .collect()
}

/// A picture as the model is fed it: `[3, side, side]`.
pub(super) fn planes(
    pixels: &RgbImage,
    transform: &Transform,
    buffers: &mut TransformBuffers,
) -> Prepared {
    let mut planes = vec![0.0; transform.output_len()];
    // The transform of evaluation draws nothing.
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    transform.apply(pixels, &mut rng, buffers, &mut planes)?;
    Ok(planes)
}

/// `[n, dim]` as rows behind one another.
pub(crate) fn values(rows: Tensor<2>) -> Vec<f32> {
    rows.into_data().convert::<f32>().iter().collect()
}

/// Planes behind one another as `[pictures, 3, side, side]` on a device.
pub(super) fn input(
    planes: Vec<f32>,
    pictures: usize,
    transform: &Transform,
    device: &Device,
) -> Tensor<4> {
    let side = transform.img_size() as usize;
    Tensor::from_data(TensorData::new(planes, [pictures, 3, side, side]), device)
}
