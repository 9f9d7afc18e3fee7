//! `[visualization]`: how pictures are drawn.

use pets::viz::{Theme, TsneEngine};

use crate::config::key::OnResume::Free;
use crate::config::key::Topic::{Attention, Charts};
use crate::config::kind::Kind::{Float, Int};

section! {
    /// How pictures are drawn.
    VisualizationSection: "visualization." => { on_resume: Free, topic: Charts } {
        /// Colours of the pictures; the report follows the reader's system.
        theme: Theme = Theme::Light => { topic: Attention };
        /// Perplexity of t-SNE.
        tsne_perplexity: f64 = 30.0 => { kind: Float(1.0, 1000.0) };
        /// Who computes t-SNE; linfa takes all pairs, of up to 1000 images.
        tsne_engine: TsneEngine = TsneEngine::Manifolds;
        /// Steps of t-SNE.
        tsne_iterations: usize = 1000 => { kind: Int(1, 100_000) };
        /// Neighbours of UMAP.
        umap_n_neighbors: usize = 15 => { kind: Int(2, 1000) };
        /// How close UMAP may put two images.
        umap_min_dist: f64 = 0.1 => { kind: Float(0.0, 1.0) };
        /// Queries on a retrieval sheet.
        num_queries: usize = 5 => { kind: Int(1, 100) };
        /// Pictures on the Grad-CAM sheet.
        num_samples: usize = 5 => { kind: Int(1, 100), topic: Attention };
    }
}
