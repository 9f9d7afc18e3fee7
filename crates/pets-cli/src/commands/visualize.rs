//! `pets visualize`: pictures of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use pets_train::{EpochRecord, RunFolder, read_history};
use pets_viz::{
    ClassValues, Confusion, Figure, Group, Picture, Projection, Scatter, TsneConfig, UmapConfig,
    class_bars, confusion_matrix, learning_rate_curve, loss_curves, recall_bars, roc_curve,
    roc_curve_log, scatter, tsne, umap,
};

use super::gradcam;
use crate::arguments::{ModelFile, Settings};
use crate::distances::distances_picture;
use crate::judged::{Judged, judge};
use crate::report::{epoch_point, report};
use crate::retrieval_sheets::retrieval_sheets;

pub(crate) fn run(settings: &Settings, model: &ModelFile) -> Result<ExitCode> {
    let judged = judge(settings, model.load_model.as_deref())?;
    for path in draw_all(&judged)? {
        println!("{}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Draws every picture of a run; returns the files written.
pub(crate) fn draw_all(judged: &Judged) -> Result<Vec<PathBuf>> {
    let folder = RunFolder::new(&judged.candidate.config.output_dir);
    folder.create()?;
    let mut album = Album {
        results: folder.results(),
        written: Vec::new(),
    };
    let history = if folder.history().exists() {
        read_history(&folder.history())?
    } else {
        Vec::new()
    };
    album.draw_history(&history)?;
    album.draw_figures(judged)?;
    let maps = album.draw_projections(judged)?;
    for (name, sheet) in retrieval_sheets(judged)? {
        album.save(&format!("retrieval/{name}.png"), &sheet)?;
    }
    let (attention, sheet) = gradcam::sample_attention(judged)?;
    album.save("gradcam/samples.png", &sheet)?;
    let page = report(judged, &history, maps, &attention)?;
    let path = folder.results().join("report.html");
    page.save(&path)?;
    album.written.push(path);
    Ok(album.written)
}

/// Pictures under the results folder.
struct Album {
    results: PathBuf,
    written: Vec<PathBuf>,
}

impl Album {
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
            &loss_curves(&figure("Loss"), &points, best)?,
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
            &learning_rate_curve(&figure("Learning rate"), &rates, "epoch")?,
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
            let figure = Figure::new(720, 720)?.titled("Verification: same breed or not");
            self.save("roc.png", &roc_curve(&figure, &points, auc, eer)?)?;
            let page = roc_curve_log(&figure, &points, auc, eer)?;
            self.save("roc_log.png", &page)?;
        }
        if let Some(histogram) = &verification.histogram {
            self.save(
                "distances.png",
                &distances_picture(histogram, verification.eer_threshold)?,
            )?;
        }
        let recalls: Vec<_> = figures
            .retrieval
            .at_k
            .iter()
            .filter_map(|(k, at_k)| Some((*k, at_k.recall?)))
            .collect();
        if !recalls.is_empty() {
            self.save("recall.png", &recall_bars(&figure("Retrieval"), &recalls)?)?;
        }
        self.save("breeds.png", &breed_bars(judged)?)?;
        self.save("confusion.png", &confusion_picture(judged)?)
    }

    fn draw_projections(&mut self, judged: &Judged) -> Result<Vec<Projection>> {
        let (config, embeddings) = (&judged.candidate.config, &judged.embeddings);
        let (rows, n, dim) = (embeddings.as_slice(), embeddings.len(), embeddings.dim());
        let of_tsne = tsne(
            rows,
            n,
            dim,
            &TsneConfig {
                perplexity: config.visualization.tsne_perplexity,
                seed: config.seed,
                ..TsneConfig::default()
            },
        )?;
        self.save(
            "tsne.png",
            &scatter_picture(judged, &of_tsne, "t-SNE of the test images")?,
        )?;
        let of_umap = umap(
            rows,
            n,
            dim,
            &UmapConfig {
                n_neighbors: config.visualization.umap_n_neighbors,
                seed: config.seed,
                ..UmapConfig::default()
            },
        )?;
        self.save(
            "umap.png",
            &scatter_picture(judged, &of_umap, "UMAP of the test images")?,
        )?;
        Ok(vec![of_tsne, of_umap])
    }
}

fn figure(title: &str) -> Figure {
    Figure::default().titled(title)
}

/// How well each breed's images retrieve their own.
fn breed_bars(judged: &Judged) -> Result<Picture> {
    let mut by_label: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for query in &judged.per_query {
        let values = by_label.entry(query.label).or_default();
        values.push(query.average_precision_at_r);
    }
    let classes: Vec<_> = by_label
        .into_iter()
        .map(|(label, values)| ClassValues {
            name: judged.breed_name(label),
            values,
        })
        .collect();
    let height = (200 + 24 * classes.len() as u32).clamp(Figure::MIN_SIDE, Figure::MAX_SIDE);
    let figure = Figure::new(1000, height)?.titled("Retrieval by breed");
    Ok(class_bars(&figure, "MAP@R", &classes)?)
}

/// What breed the nearest images are of.
fn confusion_picture(judged: &Judged) -> Result<Picture> {
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
    let figure = Figure::new(1000, 1040)?.titled("What is taken for what");
    Ok(confusion_matrix(&figure, &confusion)?)
}

fn scatter_picture(judged: &Judged, projection: &Projection, title: &str) -> Result<Picture> {
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
    Ok(scatter(
        &Figure::new(1300, 1000)?.titled(title),
        &of_projection,
    )?)
}
