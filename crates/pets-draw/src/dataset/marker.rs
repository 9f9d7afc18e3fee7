//! The files that say what a folder holds.

use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{DrawConfig, DrawError};

/// Name of the marker of a finished set.
pub(super) const FINISHED: &str = "drawn.json";
/// Name of the marker while a set is being drawn.
pub(super) const UNFINISHED: &str = "drawn.json.partial";

/// Counts up whenever the same parameters draw other files.
const VERSION: u32 = 1;

/// Bytes of a marker at most, several times what one has.
const LARGEST: u64 = 4096;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marker {
    format: String,
    version: u32,
    breeds: usize,
    images: usize,
    size: u32,
    seed: u64,
}

const FORMAT: &str = "pets-draw";

/// The text of a marker.
pub(super) fn text(config: &DrawConfig) -> String {
    let marker = Marker {
        format: FORMAT.into(),
        version: VERSION,
        breeds: config.breeds(),
        images: config.images(),
        size: config.size(),
        seed: config.seed(),
    };
    let json = serde_json::to_string_pretty(&marker).expect("numbers and a text have a JSON form");
    json + "\n"
}

/// What the marker at `path` says, or `None` where there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<DrawConfig>, DrawError> {
    let text = match pets_files::read_text(path, LARGEST) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(DrawError::Io {
                action: "read",
                path: path.into(),
                source,
            });
        }
    };
    parse(&text).map(Some).map_err(|reason| DrawError::Marker {
        path: path.into(),
        reason,
    })
}

fn parse(text: &str) -> Result<DrawConfig, String> {
    let marker: Marker = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if marker.format != FORMAT {
        return Err(format!("its format is {:?}, not {FORMAT:?}", marker.format));
    }
    if marker.version != VERSION {
        return Err(format!("its version is {}, not {VERSION}", marker.version));
    }
    DrawConfig::new(marker.breeds, marker.images, marker.size, marker.seed)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_reads_back() {
        let config = DrawConfig::new(3, 4, 64, u64::MAX).unwrap();
        assert_eq!(parse(&text(&config)), Ok(config));
    }

    #[test]
    fn other_versions_and_other_files_are_refused() {
        let config = DrawConfig::new(3, 4, 64, 1).unwrap();
        let newer = text(&config).replace("\"version\": 1", "\"version\": 2");
        assert_eq!(parse(&newer).unwrap_err(), "its version is 2, not 1");
        assert!(parse("{}").is_err());
        assert!(parse(&text(&config).replace("\"breeds\": 3", "\"breeds\": 0")).is_err());
    }
}
