//! A module's tensors as PyTorch would hold them.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use atomic_write_file::AtomicWriteFile;
use burn::module::Module;
use burn::tensor::Bytes;
use burn_store::{BurnToPyTorchAdapter, ModuleSnapshot, bridge};
use safetensors::tensor::{Dtype, SafeTensorError, TensorView};

use crate::weights::tensor_names::TensorNames;

/// A tensor to be written.
pub(crate) struct TorchTensor {
    pub(crate) name: String,
    pub(crate) dtype: Dtype,
    pub(crate) shape: Vec<usize>,
    pub(crate) bytes: Bytes,
}

/// Every tensor of `module`, in 32 bits, under PyTorch's name and in PyTorch's orientation.
pub(crate) fn collect<M: Module>(module: &M, names: TensorNames) -> io::Result<Vec<TorchTensor>> {
    module
        .collect(None, Some(Box::new(BurnToPyTorchAdapter)), true)
        .into_iter()
        .map(|tensor| {
            let name = names.torch_name(&tensor.name);
            let data = bridge::into_data(tensor)
                .map_err(io::Error::other)?
                .convert::<f32>();
            Ok(TorchTensor {
                name,
                dtype: Dtype::F32,
                shape: data.shape().to_vec(),
                bytes: data.into_bytes(),
            })
        })
        .collect()
}

/// PyTorch's names of every tensor of `module`.
pub(crate) fn names_of<M: Module>(module: &M, names: TensorNames) -> Vec<String> {
    module
        .collect(None, Some(Box::new(BurnToPyTorchAdapter)), true)
        .iter()
        .map(|tensor| names.torch_name(&tensor.name))
        .collect()
}

/// Writes safetensors: to a temporary file in the same folder, flushed, then renamed, so that `path` never holds half a
/// file. The same tensors and metadata give the same bytes where `metadata` has at most one key.
pub(crate) fn write(
    path: &Path,
    tensors: &[TorchTensor],
    metadata: Option<HashMap<String, String>>,
) -> io::Result<()> {
    let views = tensors
        .iter()
        .map(|tensor| {
            let view = TensorView::new(tensor.dtype, tensor.shape.clone(), &tensor.bytes)?;
            Ok((tensor.name.as_str(), view))
        })
        .collect::<Result<Vec<_>, SafeTensorError>>()
        .map_err(io::Error::other)?;
    let content = safetensors::serialize(views, metadata).map_err(io::Error::other)?;
    let mut file = AtomicWriteFile::open(path)?;
    file.write_all(&content)?;
    file.commit()
}
