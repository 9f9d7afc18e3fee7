//! The gradient descent of t-SNE, as every engine is told it.

/// How to descend.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "projections"),
    expect(dead_code, reason = "the engines read it")
)]
pub(super) struct Descent {
    /// Effective number of neighbours, such as the number of samples allows.
    pub(super) perplexity: f64,
    /// Steps in all.
    pub(super) iterations: usize,
    /// The first of them, in which the attraction is exaggerated.
    pub(super) exaggerated: usize,
    /// Seed of the starting positions.
    pub(super) seed: u64,
}
