//! Image folders: which layout one has, its official lists, the classes that file names tell.

pub(crate) mod class;
pub(crate) mod folder_layout;
pub(crate) mod list_fault;
pub(crate) mod official_lists;
