#![doc = include_str!("../README.md")]

mod checksum;
mod download;
mod error;
mod folder_lock;
mod unpack;
mod verification;

pub use checksum::Checksum;
pub use download::{DownloadEvent, Downloader, FetchOutcome, Patience, RemoteFile};
pub use error::FetchError;
pub use unpack::{ArchiveLimits, unpack_tar_gz};
