//! `[drawn]`: pets drawn where there is no dataset.

use pets::draw::DrawConfig;

use crate::config::key::Need::AboveZero;
use crate::config::key::Topic::Dataset;
use crate::config::kind::Kind::Int;

section! {
    /// Pets drawn where there is no dataset.
    DrawnSection: "drawn." => { topic: Dataset } {
        /// Draw a dataset of this many breeds into data.dir if it is not there; 0 for none.
        breeds: usize = 0 => { flag: Some("drawn-breeds"), kind: Int(0, *DrawConfig::BREEDS.end() as i64) };
        /// Drawn pictures per breed.
        images: usize = 40 => {
            flag: Some("drawn-images"),
            kind: Int(*DrawConfig::IMAGES.start() as i64, *DrawConfig::IMAGES.end() as i64),
            needs: Some(AboveZero("drawn.breeds")),
        };
        /// Side of the drawn pictures, in pixels.
        size: u32 = 192 => {
            flag: Some("drawn-size"),
            kind: Int(*DrawConfig::SIZES.start() as i64, *DrawConfig::SIZES.end() as i64),
            needs: Some(AboveZero("drawn.breeds")),
        };
        /// Seed of the drawing.
        seed: u64 = 7 => { flag: Some("drawn-seed"), needs: Some(AboveZero("drawn.breeds")) };
    }
}
