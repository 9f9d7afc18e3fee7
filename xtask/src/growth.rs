//! `cargo xtask bench growth`: how training, inference and evaluation grow with their sizes.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::performance::{measurements, write_figures};
use crate::shell::CommandLine;

const BACKBONES: [&str; 4] = ["resnet18", "resnet34", "resnet50", "efficientnet_lite0"];

/// What `crates/pets-viz/examples/growth.rs` reads.
#[derive(Serialize)]
struct Chart {
    name: &'static str,
    title: String,
    x: &'static str,
    y: &'static str,
    series: Vec<Series>,
}

#[derive(Serialize)]
struct Series {
    name: String,
    points: Vec<(f64, f64)>,
}

/// Measures, writes the figures to `out` and the pictures to the folder `pictures`.
pub(crate) fn run(out: &Path, pictures: &Path) -> Result<()> {
    let mut charts = Vec::new();
    charts.extend(steps(
        ["batch-training", "batch-inference"],
        "images in a batch, 224 px",
        &["resnet18", "efficientnet_lite0"],
        &[1, 4, 16, 64],
        |backbone, batch| step(backbone, batch, 224),
    )?);
    charts.extend(steps(
        ["size-training", "size-inference"],
        "side of the images in pixels, batches of 8",
        &BACKBONES,
        &[96, 160, 224, 320],
        |backbone, size| step(backbone, 8, size),
    )?);
    let threads = std::thread::available_parallelism()?.get();
    charts.extend(steps(
        ["threads-training", "threads-inference"],
        "threads, batches of 16, 224 px",
        &["resnet18", "efficientnet_lite0"],
        &powers_of_two(threads),
        |backbone, threads| {
            step(backbone, 16, 224).with_env("RAYON_NUM_THREADS", threads.to_string())
        },
    )?);
    charts.push(evaluation()?);
    write_figures(out, &charts)?;
    CommandLine::new("target/release/examples/growth")
        .with_word(out)
        .with_word(pictures)
        .run_and_say()
}

fn step(backbone: &str, batch: usize, size: usize) -> CommandLine {
    const REPEATS: usize = 2;
    CommandLine::new("target/release/examples/step")
        .with_value(backbone)
        .with_value(batch)
        .with_value(size)
        .with_value(REPEATS)
}

/// 1, 2, 4 and so on, and `last`.
fn powers_of_two(last: usize) -> Vec<usize> {
    let mut powers: Vec<usize> = std::iter::successors(Some(1), |power| Some(power * 2))
        .take_while(|&power| power < last)
        .collect();
    powers.push(last);
    powers
}

/// Images per second of training and of inference at each size.
fn steps(
    names: [&'static str; 2],
    x: &'static str,
    backbones: &[&str],
    sizes: &[usize],
    command: impl Fn(&str, usize) -> CommandLine,
) -> Result<Vec<Chart>> {
    let mut rates: BTreeMap<&str, Vec<Series>> = BTreeMap::new();
    for &backbone in backbones {
        let mut points = BTreeMap::<&str, Vec<(f64, f64)>>::new();
        for &size in sizes {
            for measurement in measurements(&command(backbone, size))? {
                let what = if measurement.job.contains("training") {
                    "training"
                } else {
                    "inference"
                };
                let rate = measurement.items as f64 / measurement.best();
                points.entry(what).or_default().push((size as f64, rate));
            }
        }
        for (what, points) in points {
            rates.entry(what).or_default().push(Series {
                name: backbone.to_owned(),
                points,
            });
        }
    }
    Ok(["training", "inference"]
        .into_iter()
        .zip(names)
        .map(|(what, name)| Chart {
            name,
            title: format!("Images per second, {what}"),
            x,
            y: "images/s",
            series: rates.remove(what).unwrap_or_default(),
        })
        .collect())
}

/// Seconds of each evaluation at each number of samples.
fn evaluation() -> Result<Chart> {
    const EVALUATIONS: [&str; 3] = ["knn", "retrieval", "verification"];
    let mut series = EVALUATIONS.map(|name| Series {
        name: name.to_owned(),
        points: Vec::new(),
    });
    for samples in [1000_usize, 2000, 4000, 8000, 16000] {
        let command = CommandLine::new("target/release/examples/scale")
            .with_value(samples)
            .with_arguments("256 37 knn retrieval verification");
        for (series, measurement) in series.iter_mut().zip(measurements(&command)?) {
            series.points.push((samples as f64, measurement.best()));
        }
    }
    Ok(Chart {
        name: "evaluation",
        title: "Seconds of an evaluation".to_owned(),
        x: "samples of 256 numbers",
        y: "seconds",
        series: series.into(),
    })
}
