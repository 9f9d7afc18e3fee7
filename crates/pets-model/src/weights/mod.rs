//! Tensors by name: out of files of many kinds, under the names of other programs, into modules.

pub(crate) mod bundled;
pub(crate) mod element_type;
pub(crate) mod loading;
pub(crate) mod name_mapping;
pub(crate) mod state_dict;
pub(crate) mod tensor_names;
pub(crate) mod torch_tensors;
