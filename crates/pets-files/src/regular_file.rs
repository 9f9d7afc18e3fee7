//! Regular files, read within bounds.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Opens a regular file for reading, also through a link.
///
/// # Errors
///
/// Those of opening, and [`ErrorKind::InvalidInput`] for whatever is no regular file: reading a pipe or a device may
/// wait for ever, or never end.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    // Opening a pipe would wait for its other end.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() {
        return Ok(file);
    }
    Err(io::Error::new(
        ErrorKind::InvalidInput,
        format!("it is {}, not a regular file", kind(&metadata)),
    ))
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
///
/// Those of [`open`] and of reading, and [`ErrorKind::FileTooLarge`].
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let length = file.metadata()?.len();
    if length > limit {
        return Err(too_large(limit));
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length as usize + 1)?;
    // Files may grow, and those of the system do not tell their length.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(too_large(limit));
    }
    Ok(bytes)
}

/// As [`read`], of UTF-8.
///
/// # Errors
///
/// Those of [`read`], and [`ErrorKind::InvalidData`] for what is not UTF-8.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read(path, limit)?)
        .map_err(|error| io::Error::new(ErrorKind::InvalidData, error.utf8_error()))
}

fn too_large(limit: u64) -> io::Error {
    io::Error::new(
        ErrorKind::FileTooLarge,
        format!("the file has more than the {limit} bytes that are allowed"),
    )
}

fn kind(metadata: &Metadata) -> &'static str {
    if metadata.is_dir() {
        return "a folder";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return "a named pipe";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
        if kind.is_socket() {
            return "a socket";
        }
    }
    "something else"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(path: &Path) -> String {
        read(path, 100).unwrap_err().to_string()
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, [7; 100]).unwrap();
        assert_eq!(read(&path, 100).unwrap(), [7; 100]);
        assert_eq!(read(&path, u64::MAX).unwrap(), [7; 100]);
        let error = read(&path, 99).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
        assert!(error.to_string().contains("99 bytes"), "{error}");
        std::fs::write(&path, [0xff]).unwrap();
        assert_eq!(
            read_text(&path, 100).unwrap_err().kind(),
            ErrorKind::InvalidData
        );
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(message(folder.path()), "it is a folder, not a regular file");
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        assert_eq!(message(&pipe), "it is a named pipe, not a regular file");
        assert_eq!(
            message(Path::new("/dev/zero")),
            "it is a device, not a regular file"
        );
        let link = folder.path().join("link");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        assert_eq!(message(&link), "it is a device, not a regular file");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_does_not_tell_its_length_is_bounded_too() {
        let path = Path::new("/proc/self/maps");
        assert_eq!(read(path, 10).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert!(!read(path, 1 << 24).unwrap().is_empty());
    }
}
