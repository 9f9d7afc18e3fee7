//! The features that the workspace is built with.

/// What is built. One choice for all steps, since Burn is compiled anew where features differ; with the ndarray device,
/// so that a test can train on it, and with linfa's t-SNE, so that it is tested.
pub(crate) const WORKSPACE: &str = "--workspace --features pets-cli/ndarray,pets-cli/linfa";

/// What is only checked: every device there is.
pub(crate) const ALL_DEVICES: &str = "--workspace --features pets-cli/ndarray,pets-cli/linfa,pets-cli/cuda,pets-cli/vulkan,pets-cli/wgpu";
