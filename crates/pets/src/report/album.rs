//! Every picture of a run, and the page about it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use pets_model::MapMethod;
use pets_train::{EpochRecord, LockedResults};
use pets_viz::{
    ClassValues, Confusion, Figure, Group, Picture, Projection, Scatter, Theme, TsneConfig,
    UmapConfig, VizError, class_bars, confusion_matrix, learning_rate_curve, loss_curves,
    recall_bars, roc_curve, roc_curve_log, scatter, tsne, umap,
};

use super::RunSettings;
use super::distances::distances_picture;
use super::page::{epoch_point, page, run_history, run_summary};
use super::retrieval_sheets::retrieval_sheets;
use crate::error::Error;
use crate::evaluation::{EvaluatedModel, for_people};
use crate::explanation::{
    Explainer, Explanation, ExplanationTarget, Prototypes, images_to_explain,
};
use crate::files::{save_picture, write_compact_json};
use crate::observer::{Note, Observer};

/// What is drawn of a run.
#[derive(Debug, Clone)]
pub struct ReportConfig {
    /// Light or dark.
    pub theme: Theme,
    /// How the t-SNE map is made.
    pub tsne: TsneConfig,
    /// How the UMAP map is made.
    pub umap: UmapConfig,
    /// Rows of a sheet of retrievals.
    pub num_queries: usize,
    /// Test images whose activation maps are drawn.
    pub num_samples: usize,
    /// Seed of what is chosen at random.
    pub seed: u64,
    /// How the run was made.
    pub settings: RunSettings,
}

/// Draws every picture of a run, and the page about it, into its results; returns the files written.
///
/// # Errors
///
/// [`Error::Io`] and [`Error::Viz`] name the file that cannot be written, [`Error::Data`] a picture that cannot be read.
pub fn draw_report(
    evaluated: &EvaluatedModel,
    results: &LockedResults,
    config: &ReportConfig,
    observer: &dyn Observer,
) -> Result<Vec<PathBuf>, Error> {
    let mut album = Album {
        config,
        results,
        written: Vec::new(),
    };
    let history = run_history(results.run())?;
    album.draw_history(&history)?;
    album.draw_metrics(evaluated)?;
    let maps = album.draw_projections(evaluated, observer)?;
    let sheets = retrieval_sheets(evaluated, config.num_queries, config.seed, config.theme)?;
    for (name, sheet) in sheets {
        album.save(&format!("retrieval/{name}.png"), &sheet)?;
    }
    let explanation = explain_samples(evaluated, config.num_samples)?;
    let saved = explanation.save(&results.file("gradcam/samples")?, config.theme)?;
    album.written.extend(saved);
    let summary = run_summary(evaluated, &history, &config.settings);
    let path = results.file("report.html")?;
    page(evaluated, summary, maps, &explanation.rows)?.save(&path)?;
    album.written.push(path);
    Ok(album.written)
}

/// Grad-CAM at the last stage for samples of the test images.
fn explain_samples(evaluated: &EvaluatedModel, count: usize) -> Result<Explanation, Error> {
    let images = images_to_explain(&evaluated.data, count)?;
    let class_names = evaluated.evaluation.class_names.clone();
    let prototypes = Prototypes::of(&evaluated.embeddings, class_names);
    let explainer = Explainer::new(&evaluated.model, None, MapMethod::GradCam)?;
    explainer.explain(&images, &ExplanationTarget::Breed(&prototypes))
}

/// Pictures under the results folder.
struct Album<'a> {
    config: &'a ReportConfig,
    results: &'a LockedResults,
    written: Vec<PathBuf>,
}

impl Album<'_> {
    fn figure(&self, title: &str) -> Figure {
        Figure::default().titled(title).themed(self.config.theme)
    }

    fn sized(&self, title: &str, width: u32, height: u32) -> Result<Figure, Error> {
        Ok(Figure::new(width, height)?
            .titled(title)
            .themed(self.config.theme))
    }

    fn save(&mut self, name: &str, picture: &Picture) -> Result<(), Error> {
        let path = self.results.file(name)?;
        save_picture(picture, &path)?;
        self.written.push(path);
        Ok(())
    }

    fn draw_history(&mut self, history: &[EpochRecord]) -> Result<(), Error> {
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

    fn draw_metrics(&mut self, evaluated: &EvaluatedModel) -> Result<(), Error> {
        let metrics = &evaluated.evaluation.metrics;
        let verification = &metrics.verification;
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
        let recalls: Vec<_> = metrics
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
        let bars = breed_values(evaluated);
        let height = 200_usize.saturating_add(24 * bars.len());
        let height = height.clamp(Figure::MIN_SIDE as usize, Figure::MAX_SIDE as usize);
        let figure = self.sized("Retrieval by breed", 1000, height as u32)?;
        self.save("breeds.png", &class_bars(&figure, "MAP@R", &bars)?)?;
        let figure = self.sized("What is taken for what", 1000, 1040)?;
        self.save("confusion.png", &confusion_picture(evaluated, &figure)?)
    }

    fn draw_projections(
        &mut self,
        evaluated: &EvaluatedModel,
        observer: &dyn Observer,
    ) -> Result<Vec<Projection>, Error> {
        let (config, embeddings) = (self.config, &evaluated.embeddings);
        let (rows, n, dim) = (embeddings.as_slice(), embeddings.len(), embeddings.dim());
        let mut maps = Vec::new();
        for (name, title, made) in [
            (
                "tsne",
                "t-SNE of the test images",
                tsne(rows, n, dim, &config.tsne),
            ),
            (
                "umap",
                "UMAP of the test images",
                umap(rows, n, dim, &config.umap),
            ),
        ] {
            let map = match made {
                // The other pictures can be drawn all the same.
                Err(
                    error @ (VizError::TooFewSamples { .. }
                    | VizError::NoSpread { .. }
                    | VizError::NotBuiltIn { .. }),
                ) => {
                    observer.noted(&Note::LeftOut {
                        file: format!("{name}.png").into(),
                        reason: error.to_string(),
                    });
                    continue;
                }
                made => made?,
            };
            let figure = self.sized(title, 1300, 1000)?;
            self.save(
                &format!("{name}.png"),
                &scatter_picture(evaluated, &map, &figure)?,
            )?;
            let path = self.results.file(name)?.with_extension("json");
            write_compact_json(&path, &map)?;
            self.written.push(path);
            maps.push(map);
        }
        Ok(maps)
    }
}

/// How well each breed's images retrieve their own.
fn breed_values(evaluated: &EvaluatedModel) -> Vec<ClassValues> {
    let mut by_label: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for query in &evaluated.per_query {
        let values = by_label.entry(query.label).or_default();
        values.push(query.average_precision_at_r);
    }
    by_label
        .into_iter()
        .map(|(label, values)| ClassValues {
            name: evaluated.breed_name(label),
            values,
        })
        .collect()
}

/// What breed the nearest images are of.
fn confusion_picture(evaluated: &EvaluatedModel, figure: &Figure) -> Result<Picture, Error> {
    let rows = &evaluated.evaluation.analysis.knn.confusion.rows;
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
        .map(|label| evaluated.breed_name(*label))
        .collect();
    let confusion = Confusion {
        names: &names,
        counts: &counts,
        predicted: "breed by its nearest images",
    };
    Ok(confusion_matrix(figure, &confusion)?)
}

fn scatter_picture(
    evaluated: &EvaluatedModel,
    projection: &Projection,
    figure: &Figure,
) -> Result<Picture, Error> {
    let groups: Vec<_> = evaluated
        .data
        .dataset
        .classes()
        .iter()
        .map(|class| Group {
            name: for_people(&class.name),
            kind: class.species.map(|species| species.to_string()),
        })
        .collect();
    let labels: Vec<_> = evaluated
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
