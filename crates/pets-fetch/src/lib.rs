#![doc = include_str!("../README.md")]

mod address;
mod checksum;
mod connection;
mod download;
mod download_event;
mod error;
mod folder;
mod pace;
mod part_file;
mod patience;
mod unpack;

pub use checksum::Checksum;
pub use download::{Downloader, FetchOutcome, RemoteFile};
pub use download_event::DownloadEvent;
pub use error::FetchError;
pub use folder::lock_folder;
pub use patience::Patience;
pub use pets_files::{FolderLock, LockError};
pub use unpack::{ArchiveLimits, unpack_tar_gz};
