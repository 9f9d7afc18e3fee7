//! What a download tells.

/// What happens during a download; the observer answers whether to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DownloadEvent<'a> {
    /// Another program is fetching into the same folder; this one waits for it. Told once.
    WaitingForLock,
    /// Bytes of the file that are there, and its size where the server says it.
    Received {
        /// Bytes so far, those of earlier attempts included.
        bytes: u64,
        /// Size of the file.
        total: Option<u64>,
    },
    /// An attempt failed; the next one follows after a pause.
    Retrying {
        /// What went wrong.
        reason: &'a str,
    },
    /// Time passes: while another program has the folder, in a pause, while nothing comes from the server, while a
    /// checksum is computed. Told about every 100 ms, or oftener.
    Waiting,
}

pub(crate) type Observer<'a> = &'a mut dyn FnMut(DownloadEvent<'_>) -> bool;
