//! Draws which parts of two pictures make them alike to a model.
//!
//! ```sh
//! cargo run --release -p pets --example explain -- MODEL PICTURE PICTURE SHEET.png
//! ```
//!
//! MODEL is a model file or a run's folder.

use std::path::PathBuf;

use anyhow::bail;
use pets::network::MapMethod;
use pets::viz::Theme;
use pets::{ExplainedImage, Explainer, ExplanationTarget, Model, QueryImage};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [model, picture, other, sheet] = &arguments[..] else {
        bail!("usage: explain MODEL PICTURE PICTURE SHEET.png");
    };
    let model = Model::open(model)?;
    let picture = ExplainedImage::from(QueryImage::open(picture)?);
    let other = ExplainedImage::from(QueryImage::open(other)?);
    let explainer = Explainer::new(&model, None, MapMethod::GradCam)?;
    let explanation = explainer.explain(&[picture], &ExplanationTarget::Image(&other))?;
    for row in &explanation.rows {
        println!("{}", row.caption);
    }
    let [sheet, record] = explanation.save(sheet, Theme::Light)?;
    println!("{}\n{}", sheet.display(), record.display());
    Ok(())
}
