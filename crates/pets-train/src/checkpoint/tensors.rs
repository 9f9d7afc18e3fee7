//! The tensors of modules by name, to be written and read.

use std::collections::BTreeMap;

use burn::module::Module;
use burn::tensor::{DType, TensorData};
use burn_store::{ModuleSnapshot, bridge};

/// Tensors on the host by name.
pub(crate) type Tensors = BTreeMap<String, TensorData>;

/// Adds every tensor of `module` to `tensors`, its path behind `prefix`.
pub(crate) fn collect<M: Module>(
    module: &M,
    prefix: &str,
    tensors: &mut Tensors,
) -> Result<(), String> {
    for tensor in module.collect(None, None, true) {
        let name = format!("{prefix}{}", tensor.name);
        let data = bridge::into_data(tensor).map_err(|error| error.to_string())?;
        tensors.insert(name, data);
    }
    Ok(())
}

/// Sets every tensor of `module` to the one in `tensors` that has its path behind `prefix`.
pub(crate) fn apply<M: Module>(
    mut module: M,
    prefix: &str,
    tensors: &Tensors,
) -> Result<M, String> {
    let named = tensors
        .range(prefix.to_owned()..)
        .map_while(|(name, data)| Some((name.strip_prefix(prefix)?, data)))
        .map(|(name, data)| bridge::from_data(data.clone(), name.to_owned(), None))
        .collect();
    let result = module.apply(named, None, None, true);
    if let Some(error) = result.errors.first() {
        return Err(error.to_string());
    }
    let missing = result.missing.iter().map(|(name, _)| name);
    match missing.chain(&result.unused).next() {
        Some(name) => Err(format!(
            "tensor `{prefix}{name}` is on one side only, in the model or in the file"
        )),
        None => Ok(module),
    }
}

/// The path of every parameter of `module` by its id.
pub(crate) fn paths_by_id<M: Module>(module: &M) -> BTreeMap<u64, String> {
    module
        .collect(None, None, true)
        .into_iter()
        .filter_map(|tensor| Some((tensor.param_id?, tensor.name)))
        .collect()
}

/// The first tensor, behind one of the prefixes, that holds a value which is not finite.
pub(crate) fn first_not_finite<'a>(tensors: &'a Tensors, prefixes: &[&str]) -> Option<&'a str> {
    tensors
        .iter()
        .filter(|(name, data)| {
            data.dtype() == DType::F32 && prefixes.iter().any(|prefix| name.starts_with(prefix))
        })
        .find(|(_, data)| {
            data.as_slice::<f32>()
                .is_ok_and(|values| values.iter().any(|value| !value.is_finite()))
        })
        .map(|(name, _)| name.as_str())
}
