//! `pets visualize`: pictures of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use pets_train::{EpochRecord, RunFolder};
use pets_viz::{
    ClassValues, Confusion, Figure, Group, Picture, Projection, Scatter, Theme, VizError,
    class_bars, confusion_matrix, learning_rate_curve, loss_curves, recall_bars, roc_curve,
    roc_curve_log, scatter, tsne, umap,
};

use super::gradcam;
use crate::args::ModelFile;
use crate::config::Settings;
use crate::distances::distances_picture;
use crate::files::write_atomically;
use crate::judged::{Judged, judge, judge_with_baseline};
use crate::report::{epoch_point, history_of, report};
use crate::retrieval_sheets::{outside_queries, retrieval_sheets};

pub(crate) fn run(
    settings: &Settings,
    model: &ModelFile,
    queries: &[PathBuf],
    query_breed: Option<&str>,
) -> Result<ExitCode> {
    let file = model.load_model.as_deref();
    let written = if queries.is_empty() {
        draw_all(&judge_with_baseline(settings, file)?)?
    } else {
        let judged = judge(settings, file)?;
        let mut album = Album::of(&judged);
        let sheet = outside_queries(&judged, queries, query_breed)?;
        album.save("retrieval/queries.png", &sheet)?;
        album.written
    };
    for path in written {
        println!("{}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Draws every picture of a run; returns the files written.
pub(crate) fn draw_all(judged: &Judged) -> Result<Vec<PathBuf>> {
    let folder = RunFolder::new(&judged.candidate.config.output_dir);
    folder.create()?;
    let mut album = Album::of(judged);
    let history = history_of(&folder)?;
    album.draw_history(&history)?;
    album.draw_figures(judged)?;
    let maps = album.draw_projections(judged)?;
    for (name, sheet) in retrieval_sheets(judged)? {
        album.save(&format!("retrieval/{name}.png"), &sheet)?;
    }
    let attention = gradcam::sample_attention(judged)?;
    let saved = gradcam::save(&judged.candidate.config, &attention, "samples")?;
    album.written.extend(saved);
    let page = report(judged, &history, maps, &attention.rows)?;
    let path = folder.results().join("report.html");
    page.save(&path)?;
    album.written.push(path);
    Ok(album.written)
}

/// Pictures under the results folder.
struct Album {
    results: PathBuf,
    theme: Theme,
    written: Vec<PathBuf>,
}

impl Album {
    fn of(judged: &Judged) -> Self {
        let config = &judged.candidate.config;
        Self {
            results: RunFolder::new(&config.output_dir).results(),
            theme: config.visualization.theme,
            written: Vec::new(),
        }
    }

    fn figure(&self, title: &str) -> Figure {
        Figure::default().titled(title).themed(self.theme)
    }

    fn sized(&self, title: &str, width: u32, height: u32) -> Result<Figure> {
        Ok(Figure::new(width, height)?.titled(title).themed(self.theme))
    }

    fn save(&mut self, name: &str, picture: &Picture) -> Result<()> {
        let path = self.results.join(name);
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        picture.save(&path)?;
        self.written.push(path);
        Ok(())
    }

    fn draw_history(&mut self, history: &[EpochRecord]) -> Result<()> {
        if history.is_empty() {
            return Ok(());
        }
        let points: Vec<_> = history.iter().map(epoch_point).collect();
        let best = history
            .iter()
            .rev()
            .find(|record| record.best)
            .map(|record| record.epoch);
        self.save(
            "loss_curves.png",
            &loss_curves(&self.figure("Loss"), &points, best)?,
        )?;
        let rates: Vec<_> = history
            .iter()
            .flat_map(|record| {
                let start = record.epoch as f64 - 1.0;
                [
                    (start, record.learning_rate),
                    (start + 0.99, record.last_learning_rate),
                ]
            })
            .collect();
        self.save(
            "learning_rate.png",
            &learning_rate_curve(&self.figure("Learning rate"), &rates, "epoch")?,
        )
    }

    fn draw_figures(&mut self, judged: &Judged) -> Result<()> {
        let figures = &judged.evaluation.figures;
        let verification = &figures.verification;
        if let (Some(auc), Some(eer)) = (verification.roc_auc, verification.eer) {
            let points: Vec<_> = verification
                .roc
                .iter()
                .map(|point| (point.false_accept_rate, point.true_accept_rate))
                .collect();
            let figure = self.sized("Verification: same breed or not", 720, 720)?;
            self.save("roc.png", &roc_curve(&figure, &points, auc, eer)?)?;
            let page = roc_curve_log(&figure, &points, auc, eer)?;
            self.save("roc_log.png", &page)?;
        }
        if let Some(histogram) = &verification.histogram {
            let figure = self.figure("Distances of pairs");
            self.save(
                "distances.png",
                &distances_picture(&figure, histogram, verification.eer_threshold)?,
            )?;
        }
        let recalls: Vec<_> = figures
            .retrieval
            .at_k
            .iter()
            .filter_map(|(k, at_k)| Some((*k, at_k.recall?)))
            .collect();
        if !recalls.is_empty() {
            self.save(
                "recall.png",
                &recall_bars(&self.figure("Retrieval"), &recalls)?,
            )?;
        }
        let bars = breed_values(judged);
        let height = 200_usize.saturating_add(24 * bars.len());
        let height = height.clamp(Figure::MIN_SIDE as usize, Figure::MAX_SIDE as usize);
        let figure = self.sized("Retrieval by breed", 1000, height as u32)?;
        self.save("breeds.png", &class_bars(&figure, "MAP@R", &bars)?)?;
        let figure = self.sized("What is taken for what", 1000, 1040)?;
        self.save("confusion.png", &confusion_picture(judged, &figure)?)
    }

    fn draw_projections(&mut self, judged: &Judged) -> Result<Vec<Projection>> {
        let (config, embeddings) = (&judged.candidate.config, &judged.embeddings);
        let (rows, n, dim) = (embeddings.as_slice(), embeddings.len(), embeddings.dim());
        let mut maps = Vec::new();
        for (name, title, made) in [
            (
                "tsne",
                "t-SNE of the test images",
                tsne(rows, n, dim, &config.tsne_config()),
            ),
            (
                "umap",
                "UMAP of the test images",
                umap(rows, n, dim, &config.umap_config()),
            ),
        ] {
            let map = match made {
                // The other pictures can be drawn all the same.
                Err(error @ (VizError::TooFewSamples { .. } | VizError::NoSpread { .. })) => {
                    say!("no {name}.png: {error}");
                    continue;
                }
                made => made?,
            };
            let figure = self.sized(title, 1300, 1000)?;
            self.save(
                &format!("{name}.png"),
                &scatter_picture(judged, &map, &figure)?,
            )?;
            let path = self.results.join(name).with_extension("json");
            write_atomically(&path, serde_json::to_string(&map)?.as_bytes())
                .with_context(|| format!("cannot write {}", path.display()))?;
            self.written.push(path);
            maps.push(map);
        }
        Ok(maps)
    }
}

/// How well each breed's images retrieve their own.
fn breed_values(judged: &Judged) -> Vec<ClassValues> {
    let mut by_label: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for query in &judged.per_query {
        let values = by_label.entry(query.label).or_default();
        values.push(query.average_precision_at_r);
    }
    by_label
        .into_iter()
        .map(|(label, values)| ClassValues {
            name: judged.breed_name(label),
            values,
        })
        .collect()
}

/// What breed the nearest images are of.
fn confusion_picture(judged: &Judged, figure: &Figure) -> Result<Picture> {
    let rows = &judged.evaluation.analysis.knn.confusion.rows;
    let labels: BTreeSet<u32> = rows
        .iter()
        .flat_map(|row| row.predicted.keys().copied().chain([row.label]))
        .collect();
    let places: BTreeMap<u32, usize> = labels.iter().copied().zip(0..).collect();
    let mut counts = vec![0; labels.len() * labels.len()];
    for row in rows {
        for (predicted, count) in &row.predicted {
            counts[places[&row.label] * labels.len() + places[predicted]] += count;
        }
    }
    let names: Vec<_> = labels
        .iter()
        .map(|label| judged.breed_name(*label))
        .collect();
    let confusion = Confusion {
        names: &names,
        counts: &counts,
        predicted: "breed by its nearest images",
    };
    Ok(confusion_matrix(figure, &confusion)?)
}

fn scatter_picture(judged: &Judged, projection: &Projection, figure: &Figure) -> Result<Picture> {
    let groups: Vec<_> = judged
        .candidate
        .materials
        .dataset
        .classes()
        .iter()
        .map(|class| Group {
            name: class.name.replace('_', " "),
            kind: class.species.map(|species| species.to_string()),
        })
        .collect();
    let labels: Vec<_> = judged
        .embeddings
        .labels()
        .iter()
        .map(|label| *label as usize)
        .collect();
    let of_projection = Scatter {
        points: &projection.points,
        labels: &labels,
        groups: &groups,
        footnote: &projection.footnote(),
    };
    Ok(scatter(figure, &of_projection)?)
}
