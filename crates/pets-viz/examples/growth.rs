//! Draws what `cargo xtask bench growth` has measured: `growth FIGURES.json FOLDER`.

use std::error::Error;
use std::fs;
use std::path::Path;

use pets_viz::{Figure, GrowthSeries, growth_curves};
use serde::Deserialize;

/// One picture.
#[derive(Deserialize)]
struct Chart {
    /// Name of its file, without the extension.
    name: String,
    title: String,
    x: String,
    y: String,
    series: Vec<GrowthSeries>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [figures, folder] = &arguments[..] else {
        return Err("usage: growth FIGURES.json FOLDER".into());
    };
    let charts: Vec<Chart> = serde_json::from_slice(&fs::read(figures)?)?;
    fs::create_dir_all(folder)?;
    for chart in charts {
        let figure = Figure::new(760, 480)?.titled(chart.title);
        let picture = growth_curves(&figure, &chart.x, &chart.y, &chart.series)?;
        picture.save(Path::new(folder).join(format!("{}.png", chart.name)))?;
    }
    Ok(())
}
