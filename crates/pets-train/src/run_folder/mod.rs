//! The folder that a run leaves behind: where things stand in it, its lock, its history.

pub(crate) mod history;
pub(crate) mod layout;
pub(crate) mod lock;
