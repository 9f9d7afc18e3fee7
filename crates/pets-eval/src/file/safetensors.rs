//! The safetensors format, with lists of strings as JSON in tensors of bytes.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use safetensors::tensor::{Dtype, TensorInfo, TensorView, serialize};
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::array::{Array, ValueType};
use super::contents::{CLASS_NAMES, Contents, EMBEDDINGS, LABELS, PATHS};
use super::embeddings_file::EmbeddingsFile;
use super::failure::Failure;
use super::memory::Memory;

/// Bytes of the header's length at the start of a file.
const LENGTH_BYTES: usize = 8;
/// Longest header that is read; those of embeddings have a few hundred bytes.
const LONGEST_HEADER: u64 = 16 << 20;
/// The entry of the header that is no tensor.
const METADATA: &str = "__metadata__";
/// Names of other tensors that an error lists.
const OTHERS: usize = 10;

pub(super) fn read(bytes: &[u8], memory: &mut Memory) -> Result<Contents, Failure> {
    let truncated = "it ends within its header, or is no safetensors, npz or npy file";
    let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>().ok_or(truncated)?;
    let length = u64::from_le_bytes(*length);
    if length > rest.len() as u64 {
        return Err(truncated.into());
    }
    if length > LONGEST_HEADER {
        return Err(Failure::Format(format!(
            "its header of {length} bytes is longer than the {LONGEST_HEADER} that are read"
        )));
    }
    // No more than one entry is in memory at a time; lists of lengths take most, of two bytes each.
    memory.reserve(16 * length)?;
    let (header, data) = rest.split_at(length as usize);
    let file = Tensors::parse(header, data)?;
    Ok(Contents {
        rows: file.array(EMBEDDINGS)?.to_rows(memory)?,
        labels: file.array(LABELS)?.to_labels(memory)?,
        paths: file.strings(PATHS, memory)?,
        class_names: file.strings(CLASS_NAMES, memory)?,
    })
}

/// The tensors of a file that are read.
struct Tensors<'a> {
    data: &'a [u8],
    taken: BTreeMap<String, TensorInfo>,
    /// Some of the names of the others.
    others: Vec<String>,
}

impl<'a> Tensors<'a> {
    fn parse(header: &[u8], data: &'a [u8]) -> Result<Self, String> {
        let tensors = Self {
            data,
            taken: BTreeMap::new(),
            others: Vec::new(),
        };
        let mut json = serde_json::Deserializer::from_slice(header);
        json.deserialize_map(tensors)
            .and_then(|tensors| json.end().map(|()| tensors))
            .map_err(|error| format!("invalid header: {error}"))
    }

    fn array(&self, name: &str) -> Result<Array<'a>, String> {
        let tensor = self.taken.get(name).ok_or_else(|| {
            let mut names: Vec<&String> = self.taken.keys().chain(&self.others).collect();
            names.sort_unstable();
            format!("it has no tensor \"{name}\", only {names:?}")
        })?;
        let value_type = match tensor.dtype {
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
        Array::new(value_type, tensor.shape.clone(), self.bytes(tensor))
            .ok_or_else(|| format!("\"{name}\" does not fill its shape"))
    }

    /// The JSON list of strings in the bytes of a tensor, where there is one.
    fn strings(&self, name: &str, memory: &mut Memory) -> Result<Option<Vec<String>>, Failure> {
        let Some(tensor) = self.taken.get(name) else {
            return Ok(None);
        };
        let json = self.bytes(tensor);
        let most = json.split(|&byte| byte == b'"').count() / 2;
        memory.reserve_strings(most, json.len())?;
        let mut json = serde_json::Deserializer::from_slice(json);
        json.deserialize_seq(Strings { most })
            .and_then(|strings| json.end().map(|()| Some(strings)))
            .map_err(|error| format!("\"{name}\" is no JSON list of strings: {error}").into())
    }

    fn bytes(&self, tensor: &TensorInfo) -> &'a [u8] {
        let (start, end) = tensor.data_offsets;
        self.data.get(start..end).unwrap_or_default()
    }
}

impl<'de> Visitor<'de> for Tensors<'_> {
    type Value = Self;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("tensors by name")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<Self, M::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name == METADATA {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let tensor: TensorInfo = map.next_value()?;
            let (start, end) = tensor.data_offsets;
            if self.data.get(start..end).is_none() {
                let reason = format!("{name} reaches beyond the end of the file");
                return Err(serde::de::Error::custom(reason));
            }
            if [EMBEDDINGS, LABELS, PATHS, CLASS_NAMES].contains(&name.as_str()) {
                self.taken.insert(name, tensor);
            } else if self.others.len() < OTHERS {
                self.others.push(name);
            }
        }
        Ok(self)
    }
}

/// A list of no more than so many strings.
struct Strings {
    most: usize,
}

impl<'de> Visitor<'de> for Strings {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of strings")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Vec<String>, S::Error> {
        let mut strings = Vec::with_capacity(self.most);
        while let Some(text) = list.next_element()? {
            strings.push(text);
        }
        Ok(strings)
    }
}

/// The whole file.
pub(super) fn to_bytes(file: &EmbeddingsFile) -> io::Result<Vec<u8>> {
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
    serialize(tensors, None).map_err(io::Error::other)
}
