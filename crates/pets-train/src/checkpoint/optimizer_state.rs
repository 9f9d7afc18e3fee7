//! The state of an optimizer under the paths of the parameters it belongs to.
//!
//! Burn keeps it by the parameters' ids, which are new in every process, and hands it out as burnpack bytes.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::TensorData;
use burn_store::burn_pack::{Reader, Scalar, Tensor as PackTensor, Writer};

use crate::checkpoint::tensors::{Tensors, paths_by_id};

/// Stands between a parameter's path and the name of what the optimizer keeps for it.
const SEPARATOR: char = ':';

/// Step counters and the like, by name.
pub(crate) type Counts = BTreeMap<String, u64>;

/// Adds the state of `optimizer`, which trains `module`, to `tensors` and `counts`, each name behind `prefix`.
pub(crate) fn collect<M: Module>(
    optimizer: &ModuleOptimizer,
    module: &M,
    prefix: &str,
    tensors: &mut Tensors,
    counts: &mut Counts,
) -> Result<(), String> {
    let paths = paths_by_id(module);
    let name = |key: &str| {
        let (id, rest) = key.split_once('.')?;
        let path = paths.get(&id.parse().ok()?)?;
        Some(format!("{prefix}{path}{SEPARATOR}{rest}"))
    };
    let unknown = |key: &str| format!("the optimizer keeps `{key}`, which is of no parameter");
    let bytes = optimizer.into_bytes().map_err(|error| error.to_string())?;
    let reader = Reader::from_bytes(bytes).map_err(|error| error.to_string())?;
    for (key, scalar) in reader.scalars() {
        let count = u64::try_from(*scalar).map_err(|error| format!("{key}: {error}"))?;
        counts.insert(name(key).ok_or_else(|| unknown(key))?, count);
    }
    for tensor in reader.into_tensors().map_err(|error| error.to_string())? {
        let (key, dtype, shape, _, bytes) =
            tensor.into_parts().map_err(|error| error.to_string())?;
        let data =
            TensorData::try_from_bytes(bytes, shape, dtype).map_err(|error| error.to_string())?;
        tensors.insert(name(&key).ok_or_else(|| unknown(&key))?, data);
    }
    Ok(())
}

/// Gives `optimizer`, which is to train `module`, the state that [`collect`] took.
pub(crate) fn apply<M: Module>(
    optimizer: ModuleOptimizer,
    module: &M,
    prefix: &str,
    tensors: &Tensors,
    counts: &Counts,
) -> Result<ModuleOptimizer, String> {
    let ids: BTreeMap<String, u64> = paths_by_id(module)
        .into_iter()
        .map(|(id, path)| (path, id))
        .collect();
    let key = |name: &str| {
        let (path, rest) = name.strip_prefix(prefix)?.split_once(SEPARATOR)?;
        let id = *ids.get(path)?;
        Some((id, format!("{id}.{rest}")))
    };
    let unknown = |name: &str| format!("`{name}` is of no parameter of the model");

    let mut packed = Vec::new();
    for (name, data) in behind(tensors, prefix) {
        let (id, key) = key(name).ok_or_else(|| unknown(name))?;
        let (bytes, shape, dtype) = data.clone().into_parts();
        packed.push(PackTensor::new(key, dtype, shape, Some(id), bytes));
    }
    let mut writer = Writer::new(packed);
    for (name, count) in behind(counts, prefix) {
        let (_, key) = key(name).ok_or_else(|| unknown(name))?;
        writer = writer.with_scalar(&key, Scalar::UInt(*count));
    }
    let bytes = writer.into_bytes().map_err(|error| error.to_string())?;
    optimizer
        .from_bytes(bytes)
        .map_err(|error| error.to_string())
}

fn behind<'a, T>(
    map: &'a BTreeMap<String, T>,
    prefix: &'a str,
) -> impl Iterator<Item = (&'a String, &'a T)> {
    map.range(prefix.to_owned()..)
        .take_while(move |(name, _)| name.starts_with(prefix))
}
