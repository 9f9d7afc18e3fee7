//! The safetensors format, with lists of strings as JSON in tensors of bytes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

use super::array::{Array, ValueType};
use super::contents::{CLASS_NAMES, Contents, EMBEDDINGS, LABELS, PATHS};
use super::embeddings_file::EmbeddingsFile;

/// Bytes of the header's length at the start of a file.
const LENGTH_BYTES: usize = 8;

pub(super) fn read(bytes: &[u8]) -> Result<Contents<'_>, String> {
    check_offsets(bytes)?;
    let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
    Ok(Contents {
        embeddings: array(&file, EMBEDDINGS)?,
        labels: array(&file, LABELS)?,
        paths: strings(&file, PATHS)?,
        class_names: strings(&file, CLASS_NAMES)?,
    })
}

/// Refuses offsets beyond the end of the file, which the library adds up before it compares them.
fn check_offsets(bytes: &[u8]) -> Result<(), String> {
    let truncated =
        || String::from("it ends within its header, or is no safetensors, npz or npy file");
    let (length, rest) = bytes
        .split_first_chunk::<LENGTH_BYTES>()
        .ok_or_else(truncated)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| truncated())?;
    let header = rest.get(..length).ok_or_else(truncated)?;
    let tensors: HashMap<String, serde_json::Value> =
        serde_json::from_slice(header).map_err(|error| format!("invalid header: {error}"))?;
    for (name, tensor) in tensors {
        let end = tensor["data_offsets"][1].as_u64();
        if end.is_some_and(|end| end > (rest.len() - length) as u64) {
            return Err(format!("{name} reaches beyond the end of the file"));
        }
    }
    Ok(())
}

fn array<'a>(file: &SafeTensors<'a>, name: &str) -> Result<Array<'a>, String> {
    let tensor = file.tensor(name).map_err(|_| {
        let mut names = file.names();
        names.sort_unstable();
        format!("it has no tensor \"{name}\", only {names:?}")
    })?;
    let value_type = match tensor.dtype() {
        Dtype::F16 => ValueType::F16,
        Dtype::BF16 => ValueType::BF16,
        Dtype::F32 => ValueType::F32,
        Dtype::F64 => ValueType::F64,
        Dtype::I8 => ValueType::I8,
        Dtype::U8 => ValueType::U8,
        Dtype::I16 => ValueType::I16,
        Dtype::U16 => ValueType::U16,
        Dtype::I32 => ValueType::I32,
        Dtype::U32 => ValueType::U32,
        Dtype::I64 => ValueType::I64,
        Dtype::U64 => ValueType::U64,
        other => return Err(format!("\"{name}\" holds {other:?}, which is not taken")),
    };
    Array::new(
        value_type,
        tensor.shape().to_vec(),
        Cow::Borrowed(tensor.data()),
    )
    .ok_or_else(|| format!("\"{name}\" does not fill its shape"))
}

/// The JSON list of strings in the bytes of a tensor, where there is one.
fn strings(file: &SafeTensors<'_>, name: &str) -> Result<Option<Vec<String>>, String> {
    file.tensor(name)
        .ok()
        .map(|tensor| serde_json::from_slice(tensor.data()))
        .transpose()
        .map_err(|error| format!("\"{name}\" is no JSON list of strings: {error}"))
}

pub(super) fn write(file: &EmbeddingsFile, to: &mut impl Write) -> io::Result<()> {
    let rows = &file.embeddings;
    let values: Vec<u8> = rows
        .as_slice()
        .iter()
        .flat_map(|v| v.to_le_bytes())
        .collect();
    let labels: Vec<u8> = rows
        .labels()
        .iter()
        .flat_map(|&label| i64::from(label).to_le_bytes())
        .collect();
    let lists = [(PATHS, &file.paths), (CLASS_NAMES, &file.class_names)]
        .into_iter()
        .filter_map(|(name, strings)| Some((name, serde_json::to_vec(strings.as_ref()?))))
        .map(|(name, json)| Ok((name, json?)))
        .collect::<io::Result<Vec<(&str, Vec<u8>)>>>()?;
    let view = |dtype, shape, bytes| TensorView::new(dtype, shape, bytes).map_err(io::Error::other);
    let mut tensors = vec![
        (
            EMBEDDINGS,
            view(Dtype::F32, vec![rows.len(), rows.dim()], &values)?,
        ),
        (LABELS, view(Dtype::I64, vec![rows.len()], &labels)?),
    ];
    for (name, json) in &lists {
        tensors.push((name, view(Dtype::U8, vec![json.len()], json)?));
    }
    let bytes = serialize(tensors, None).map_err(io::Error::other)?;
    to.write_all(&bytes)
}
