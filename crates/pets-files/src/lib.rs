#![doc = include_str!("../README.md")]

mod folder_lock;
mod regular_file;
mod unfollowed;

pub use folder_lock::{FolderLock, LockError};
pub use regular_file::{open, read, read_text};
pub use unfollowed::open_or_create;
