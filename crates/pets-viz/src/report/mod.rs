//! One web page about a trained model: a file that opens from the disk and needs no network.
//!
//! [`Report`] holds plain values; [`report_html`] checks them and writes the page. [`compare_html`]
//! holds several reports against each other.
//!
//! ```
//! use image::RgbImage;
//! use pets_viz::report::{Class, Headline, Jpeg, Neighbour, Report, Sample, report_html};
//!
//! let photo = Jpeg::thumbnail(&RgbImage::new(200, 150))?;
//! let sample = |name: &str, class, other| Sample {
//!     name: name.into(),
//!     class,
//!     photo: photo.clone(),
//!     neighbours: vec![Neighbour { sample: other, similarity: 0.9 }],
//!     average_precision: Some(1.0),
//! };
//! let report = Report {
//!     title: "Pets that look alike".into(),
//!     headlines: vec![Headline {
//!         interval: Some([0.85, 0.93]),
//!         baseline: Some(0.46),
//!         ..Headline::new("Recall@1", 0.9)
//!     }],
//!     classes: vec![Class::named("Bengal"), Class::named("pug")],
//!     samples: vec![sample("Bengal_1", 0, 1), sample("pug_1", 1, 0)],
//!     ..Report::default()
//! };
//! assert!(report_html(&report)?.contains("Pets that look alike"));
//! # Ok::<(), pets_viz::VizError>(())
//! ```

mod compare;
mod contents;
mod html;
mod jpeg;
mod page;
mod soundness;

pub use compare::{ComparedRun, Difference, compare_html, save_comparison};
pub use contents::{
    Attention, Class, ConfusedPair, Fact, Headline, Histogram, Neighbour, Report, RocStep, Sample,
    Verification,
};
pub use jpeg::Jpeg;
pub use page::report_html;
