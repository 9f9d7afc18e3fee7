//! Draws every kind of picture from made-up data into the folder given (default: `gallery`).
//!
//! `cargo run -p pets-viz --example gallery -- FOLDER`

mod made_up;

use std::path::{Path, PathBuf};

use pets_viz::{
    CamRow, ClassValues, Confusion, DistanceHistogram, EpochPoint, Figure, Group, HeatMap, Picture,
    ResultTile, RetrievalRow, Scatter, Theme, Tile, TsneConfig, TsneEngine, UmapConfig, VizError,
    class_bars, confusion_matrix, distance_histogram, gradcam_sheet, learning_rate_curve,
    loss_curves, recall_bars, retrieval_sheet, roc_curve, roc_curve_log, scatter, tsne, umap,
};

use made_up::{BREEDS, animal, clusters, kind_of};

fn main() -> Result<(), VizError> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".into()));
    if let Err(source) = std::fs::create_dir_all(&folder) {
        return Err(VizError::Write {
            path: folder,
            source,
        });
    }
    sheets(&folder)?;
    for (theme, ending) in [(Theme::Light, ""), (Theme::Dark, "_dark")] {
        let album = Album {
            folder: &folder,
            theme,
            ending,
        };
        curves(&album)?;
        verification(&album)?;
        classes(&album)?;
        maps(&album)?;
    }
    Ok(())
}

/// Where the pictures of a theme go.
struct Album<'a> {
    folder: &'a Path,
    theme: Theme,
    ending: &'static str,
}

impl Album<'_> {
    fn figure(&self, title: impl Into<String>) -> Figure {
        Figure::default().titled(title).themed(self.theme)
    }

    fn sized(&self, width: u32, height: u32, title: &str) -> Result<Figure, VizError> {
        Ok(Figure::new(width, height)?.titled(title).themed(self.theme))
    }

    fn save(&self, picture: &Picture, name: &str) -> Result<(), VizError> {
        picture.save(self.folder.join(format!("{name}{}.png", self.ending)))
    }
}

fn curves(album: &Album<'_>) -> Result<(), VizError> {
    let history = |epochs: usize| -> Vec<EpochPoint> {
        (1..=epochs)
            .map(|epoch| {
                let done = epoch as f64 / epochs as f64;
                EpochPoint {
                    epoch,
                    train_loss: 11.0 * (-3.0 * done).exp() + 0.4,
                    val_loss: Some(11.5 * (-3.2 * done).exp() + 0.9 + 1.2 * (done - 0.7).max(0.0)),
                    learning_rate: 1e-4
                        * (0.01 + 0.99 * (1.0 + (std::f64::consts::PI * done).cos()) / 2.0),
                }
            })
            .collect()
    };
    for epochs in [1, 4, 40, 150] {
        let points = history(epochs);
        let figure = album.figure(format!("Loss over {epochs} epochs"));
        let picture = loss_curves(&figure, &points, Some(epochs.div_ceil(2)))?;
        album.save(&picture, &format!("loss_{epochs}"))?;
    }
    let rates: Vec<(f64, f64)> = history(40)
        .iter()
        .map(|p| (p.epoch as f64, p.learning_rate))
        .collect();
    let draw = |rates: &[(f64, f64)], x_name, name| {
        let picture = learning_rate_curve(&album.figure("Learning rate"), rates, x_name)?;
        album.save(&picture, name)
    };
    draw(&rates, "epoch", "learning_rate")?;
    draw(&[(1.0, 3e-4), (2.0, 3e-4)], "epoch", "learning_rate_flat")?;
    let warm: Vec<(f64, f64)> = (0..400)
        .map(|step| (f64::from(step), f64::from(step) * 1e-6))
        .collect();
    draw(&warm, "step", "learning_rate_zero")
}

fn verification(album: &Album<'_>) -> Result<(), VizError> {
    // Normal distributions of equal width, 2.4 widths apart: tar = Φ(Φ⁻¹(far) + 2.4), through a
    // logistic stand-in.
    let roc: Vec<(f64, f64)> = (0..=200)
        .map(|i| {
            let far = (f64::from(i) / 200.0).powi(2);
            (
                far,
                if far == 0.0 {
                    0.0
                } else {
                    1.0 / (1.0 + (1.0 - far) / far * (-4.2f64).exp())
                },
            )
        })
        .collect();
    let square = album.sized(720, 720, "Verification on the test set")?;
    album.save(&roc_curve(&square, &roc, 0.9532, 0.109)?, "roc")?;
    album.save(&roc_curve_log(&square, &roc, 0.9532, 0.109)?, "roc_log")?;

    let edges: Vec<f64> = (0..=60).map(|i| f64::from(i) / 40.0).collect();
    let bell = |middle: f64, width: f64| -> Vec<f64> {
        edges
            .windows(2)
            .map(|bin| (-((bin[0] - middle) / width).powi(2) / 2.0).exp() / width / 2.507)
            .collect()
    };
    let histogram = DistanceHistogram {
        edges: &edges,
        positive: &bell(0.35, 0.16),
        negative: &bell(0.92, 0.14),
        threshold: Some(0.642),
        measure: "cosine distance",
    };
    let figure = album.figure("Distances of pairs");
    album.save(&distance_histogram(&figure, &histogram)?, "distances")?;
    let recalls = [(1, 0.872), (5, 0.951), (10, 0.9703), (20, 1.0)];
    album.save(
        &recall_bars(&album.figure("Retrieval"), &recalls)?,
        "recall",
    )
}

/// How each class fares when its images ask for their nearest ones.
fn classes(album: &Album<'_>) -> Result<(), VizError> {
    let (per_group, dim) = (30, 32);
    let (values, labels) = clusters(BREEDS.len(), per_group, dim, 1.9);
    let names = BREEDS.map(String::from);
    let mut counts = vec![0; names.len() * names.len()];
    let mut bars: Vec<ClassValues> = (names.iter().cloned())
        .map(|name| ClassValues {
            name,
            values: Vec::new(),
        })
        .collect();
    for (query, row) in values.chunks_exact(dim).enumerate() {
        let mut found: Vec<(f32, usize)> = (values.chunks_exact(dim).zip(&labels).enumerate())
            .filter(|(other, _)| *other != query)
            .map(|(_, (other, label))| (row.iter().zip(other).map(|(a, b)| a * b).sum(), *label))
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        counts[labels[query] * names.len() + found[0].1] += 1;
        let right = found[..per_group - 1]
            .iter()
            .filter(|found| found.1 == labels[query]);
        bars[labels[query]]
            .values
            .push(right.count() as f64 / (per_group - 1) as f64);
    }
    let confusion = Confusion {
        names: &names,
        counts: &counts,
        predicted: "class of the nearest image",
    };
    let figure = album.sized(1000, 1040, "Which breeds are taken for which")?;
    album.save(&confusion_matrix(&figure, &confusion)?, "confusion")?;
    let few = Confusion {
        names: &names[..3],
        counts: &[8, 0, 2, 0, 10, 0, 3, 1, 6],
        ..confusion
    };
    album.save(
        &confusion_matrix(&album.figure("Three"), &few)?,
        "confusion_3",
    )?;
    let figure = album.sized(1000, 900, "Retrieval by breed")?;
    album.save(&class_bars(&figure, "R-precision", &bars)?, "class_bars")?;
    album.save(
        &class_bars(&album.figure("Five"), "R-precision", &bars[..5])?,
        "class_bars_5",
    )
}

fn sheets(folder: &Path) -> Result<(), VizError> {
    let rows: Vec<RetrievalRow> = (0..4)
        .map(|query| RetrievalRow {
            query: Tile {
                image: animal(query, 0, 300, 240),
                caption: BREEDS[query * 9].into(),
            },
            results: (1..=5 + query % 2)
                .map(|rank| {
                    let correct = (rank + query) % 4 != 3;
                    let class = if correct { query } else { query + rank };
                    ResultTile {
                        image: animal(class, rank, 200 + 40 * rank as u32, 260),
                        caption: BREEDS[class * 9 % 37].into(),
                        similarity: 0.97 - 0.041 * rank as f32,
                        correct: Some(correct),
                    }
                })
                .collect(),
        })
        .collect();
    retrieval_sheet(Some("Nearest images in the gallery"), Theme::Light, &rows)?
        .save(folder.join("retrieval.png"))?;
    retrieval_sheet(None, Theme::Dark, &rows[..1])?.save(folder.join("retrieval_one.png"))?;

    let rows: Vec<CamRow> = [(0, 7), (2, 7), (5, 4)]
        .into_iter()
        .map(|(class, cells)| {
            let value = |cell: usize| {
                let (x, y) = (
                    (cell % cells) as f32 / cells as f32,
                    (cell / cells) as f32 / cells as f32,
                );
                (1.2 - 3.0 * (x - 0.4).hypot(y - 0.3)).clamp(0.0, 1.0)
            };
            let map = HeatMap::new((0..cells * cells).map(value).collect(), cells, cells)?;
            let caption = format!(
                "{}: similarity to its class {:.3}",
                BREEDS[class],
                0.9 - 0.1 * class as f32
            );
            Ok(CamRow {
                image: animal(class, 0, 320, 280),
                map,
                caption,
            })
        })
        .collect::<Result<_, VizError>>()?;
    gradcam_sheet(Some("What the embedding looks at"), Theme::Light, &rows)?
        .save(folder.join("gradcam.png"))
}

fn groups(count: usize) -> Vec<Group> {
    BREEDS[..count]
        .iter()
        .map(|name| Group {
            name: (*name).into(),
            kind: Some(kind_of(name).into()),
        })
        .collect()
}

fn maps(album: &Album<'_>) -> Result<(), VizError> {
    for (count, per_group, noise) in [(37, 60, 0.9), (37, 20, 1.6), (12, 40, 1.2), (5, 12, 0.8)] {
        let dim = 32;
        let (values, labels) = clusters(count, per_group, dim, noise);
        let n = labels.len();
        let groups = groups(count);
        let draw = |projection: &pets_viz::Projection, name: &str, figure: &Figure| {
            let footnote = projection.footnote();
            eprintln!("{count} × {per_group}: {footnote}");
            let of = Scatter {
                points: &projection.points,
                labels: &labels,
                groups: &groups,
                footnote: &footnote,
            };
            album.save(
                &scatter(figure, &of)?,
                &format!("{name}_{count}_{per_group}"),
            )
        };
        let map = tsne(&values, n, dim, &TsneConfig::default())?;
        let large = |method: &str| album.sized(1200, 900, &format!("{method} of {count} breeds"));
        draw(&map, "tsne", &large("t-SNE")?)?;
        draw(&map, "tsne_small", &Figure::default().themed(album.theme))?;
        let map = umap(&values, n, dim, &UmapConfig::default())?;
        draw(&map, "umap", &large("UMAP")?)?;
        if n <= 500 && TsneEngine::Linfa.is_built_in() {
            let config = TsneConfig {
                engine: TsneEngine::Linfa,
                ..TsneConfig::default()
            };
            draw(
                &tsne(&values, n, dim, &config)?,
                "tsne_exact",
                &large("exact t-SNE")?,
            )?;
        }
    }
    Ok(())
}
