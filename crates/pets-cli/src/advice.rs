//! What people can do about an error of the library: the commands and flags that help.

use pets::Error;
use pets::network::ModelError;

/// The ways on from an error, where the program knows any.
pub(crate) fn ways_on(error: &Error) -> Option<String> {
    match error {
        Error::NoModel { .. } => Some(
            "Ways on:\n  \
             train one    pets train\n  \
             your own     --load-model FILE"
                .to_owned(),
        ),
        Error::NoDataset { .. } => Some(
            "Ways on:\n  \
             fetch it     pets dataset fetch, or the same command with --fetch (800 MB)\n  \
             your own     --data-dir DIR: a folder per class, or CLASS_NUMBER.jpg\n  \
             quickstart   pets all --config configs/quickstart.toml   (draws its own pets, offline)"
                .to_owned(),
        ),
        Error::UnfinishedDrawing { dir } => Some(format!(
            "`pets dataset draw --out {}`, with the numbers of that drawing, draws it anew",
            dir.display()
        )),
        Error::PretrainedWeights { url, cached, .. } => Some(format!(
            "Ways on:\n  \
             by hand                         put {url}\n                                  as {}\n  \
             --weights FILE                  other weights: safetensors or .pth with torchvision's names\n  \
             --weights-url URL               a mirror that has {}\n  \
             --no-pretrained                 start from random weights\n  \
             --backbone efficientnet_lite0   whose weights are in the program",
            cached.display(),
            cached.file_name().unwrap_or_default().display(),
        )),
        Error::Model(ModelError::NotBundled) => Some(
            "Ways on:\n  \
             --weights FILE    other weights: safetensors or .pth\n  \
             --no-pretrained   start from random weights\n  \
             a build with      --features bundled-weights"
                .to_owned(),
        ),
        _ => None,
    }
}
