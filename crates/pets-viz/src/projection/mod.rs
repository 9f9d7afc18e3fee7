//! Maps of embeddings in the plane: t-SNE and UMAP, with a measure of how far to trust them.

mod descent;
mod distances;
mod divergence;
mod engines;
mod map;
mod samples;
mod trustworthiness;
mod tsne;
mod umap;

pub use map::Projection;
pub use samples::MIN_SAMPLES;
pub use trustworthiness::trustworthiness;
pub use tsne::{TsneConfig, TsneEngine, tsne};
pub use umap::{UmapConfig, umap};
