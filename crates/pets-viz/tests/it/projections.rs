//! t-SNE and UMAP: structure kept, results repeatable, unfit input refused.

use pets_viz::{
    MIN_SAMPLES, Projection, Theme, TsneConfig, TsneEngine, UmapConfig, VizError, tsne, umap,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const DIM: usize = 16;

/// `groups` tight clusters of unit vectors and their labels.
fn clusters(groups: usize, per_group: usize) -> (Vec<f32>, Vec<usize>) {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for group in 0..groups {
        let centre: Vec<f32> = (0..DIM).map(|_| rng.random_range(-1.0..1.0)).collect();
        for _ in 0..per_group {
            let row: Vec<f32> = centre
                .iter()
                .map(|value| value + rng.random_range(-0.2..0.2))
                .collect();
            let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
            values.extend(row.iter().map(|value| value / length));
            labels.push(group);
        }
    }
    (values, labels)
}

/// The engines that this build has.
fn engines() -> impl Iterator<Item = TsneEngine> {
    TsneEngine::ALL
        .into_iter()
        .filter(|engine| engine.is_built_in())
}

fn short(engine: TsneEngine) -> TsneConfig {
    TsneConfig {
        iterations: 400,
        engine,
        ..TsneConfig::default()
    }
}

/// Share of points whose nearest point in the map is of the same group.
fn nearest_neighbour_share(map: &Projection, labels: &[usize]) -> f64 {
    let squared = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
    let same = (0..labels.len()).filter(|&i| {
        let others = (0..labels.len()).filter(|&j| j != i);
        let nearest = others.min_by(|&a, &b| {
            squared(map.points[i], map.points[a]).total_cmp(&squared(map.points[i], map.points[b]))
        });
        nearest.is_some_and(|nearest| labels[nearest] == labels[i])
    });
    same.count() as f64 / labels.len() as f64
}

#[test]
fn groups_stay_together_with_every_method() {
    let (values, labels) = clusters(6, 30);
    let maps = engines().map(|engine| tsne(&values, 180, DIM, &short(engine)).expect("t-SNE"));
    let near = umap(&values, 180, DIM, &UmapConfig::default()).expect("UMAP");
    for map in maps.chain([near]) {
        assert_eq!(map.points.len(), 180);
        assert!(
            nearest_neighbour_share(&map, &labels) > 0.97,
            "{}",
            map.footnote()
        );
        assert!(
            map.trustworthiness > 0.9 && map.trustworthiness <= 1.0,
            "{}",
            map.footnote()
        );
        assert_eq!((map.trust_neighbours, map.notes.len()), (15, 0));
    }
}

/// One seed, one map, whatever the number of threads around it; another seed, another map.
#[test]
fn the_seed_alone_decides() {
    let (values, _) = clusters(4, 20);
    let all = |seed: u64| {
        let of = |engine| {
            tsne(
                &values,
                80,
                DIM,
                &TsneConfig {
                    seed,
                    ..short(engine)
                },
            )
            .expect("t-SNE")
            .points
        };
        let near = umap(
            &values,
            80,
            DIM,
            &UmapConfig {
                seed,
                ..UmapConfig::default()
            },
        )
        .expect("UMAP")
        .points;
        let mut maps = vec![of(TsneEngine::Manifolds), near];
        if TsneEngine::Linfa.is_built_in() {
            maps.push(of(TsneEngine::Linfa));
        }
        maps
    };
    let first = all(1);
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        assert_eq!(pool.install(|| all(1)), first, "{threads} threads");
    }
    let other = all(2);
    for (other, first) in other.iter().zip(&first).skip(1) {
        assert_ne!(other, first);
    }
}

/// Longer descent ends nearer to the embeddings, and the line under the map says how near.
#[test]
fn the_divergence_falls_with_the_iterations() {
    let (values, _) = clusters(6, 30);
    for engine in engines() {
        let divergence = |iterations| {
            let config = TsneConfig {
                iterations,
                ..short(engine)
            };
            let map = tsne(&values, 180, DIM, &config).expect("t-SNE");
            let divergence = map.kl_divergence.expect("t-SNE has one");
            let stated = format!("KL divergence {divergence:.3}");
            assert!(map.footnote().contains(&stated), "{}", map.footnote());
            divergence
        };
        let (early, late) = (divergence(20), divergence(600));
        assert!(
            0.0 < late && late < early,
            "{engine:?}: {late} after {early}"
        );
    }
    let map = umap(&values, 180, DIM, &UmapConfig::default()).expect("UMAP");
    assert_eq!(map.kl_divergence, None);
}

/// Enough samples for repulsion by Fourier transform.
#[test]
fn large_sets_are_repeatable_too() {
    let (values, labels) = clusters(8, 250);
    let config = TsneConfig {
        iterations: 60,
        ..TsneConfig::default()
    };
    let map = tsne(&values, 2000, DIM, &config).expect("t-SNE");
    assert_eq!(
        tsne(&values, 2000, DIM, &config).expect("t-SNE").points,
        map.points
    );
    assert!(
        nearest_neighbour_share(&map, &labels) > 0.9,
        "{}",
        map.footnote()
    );
}

#[test]
fn settings_shrink_to_small_sets_and_say_so() {
    for n in [MIN_SAMPLES, 5, 7, 12, 31] {
        let (values, _) = clusters(1, n);
        for engine in engines() {
            let map = tsne(&values, n, DIM, &short(engine)).expect("t-SNE of a small set");
            assert!(
                map.notes[0].starts_with("perplexity reduced from 30 to"),
                "{:?}",
                map.notes
            );
            assert!(map.footnote().contains(&map.notes[0]));
        }
        let map = umap(&values, n, DIM, &UmapConfig::default()).expect("UMAP of a small set");
        assert_eq!(map.notes.len(), usize::from(n <= 15));
        assert_eq!(map.trust_neighbours, 15.min((n - 1) / 2));
    }
}

#[test]
fn duplicates_survive() {
    let (values, _) = clusters(5, 1);
    let repeated: Vec<f32> = values.chunks(DIM).flat_map(|row| row.repeat(12)).collect();
    let maps =
        engines().map(|engine| tsne(&repeated, 60, DIM, &short(engine)).expect("of duplicates"));
    let near = umap(&repeated, 60, DIM, &UmapConfig::default()).expect("UMAP of duplicates");
    for map in maps.chain([near]) {
        assert_eq!(map.points.len(), 60);
        assert!(map.points.iter().flatten().all(|value| value.is_finite()));
    }
}

#[test]
fn unfit_input_is_refused() {
    let (values, _) = clusters(1, 8);
    let by_tsne = |values: &[f32], n, dim| {
        tsne(values, n, dim, &TsneConfig::default()).expect_err("must be refused")
    };
    let by_umap = |values: &[f32], n, dim| {
        umap(values, n, dim, &UmapConfig::default()).expect_err("must be refused")
    };
    for refuse in [
        &by_tsne as &dyn Fn(&[f32], usize, usize) -> VizError,
        &by_umap,
    ] {
        assert!(matches!(
            refuse(&values[..3 * DIM], 3, DIM),
            VizError::TooFewSamples {
                minimum: 4,
                got: 3,
                ..
            }
        ));
        assert!(matches!(
            refuse(&values, 9, DIM),
            VizError::LengthMismatch {
                expected: 144,
                got: 128,
                ..
            }
        ));
        assert!(matches!(
            refuse(&values[..8], 8, 1),
            VizError::InvalidValue { .. }
        ));
        assert!(matches!(
            refuse(&[0.5; 8 * DIM], 8, DIM),
            VizError::NoSpread { samples: 8 }
        ));
        let mut broken = values.clone();
        broken[20] = f32::NAN;
        assert!(matches!(
            refuse(&broken, 8, DIM),
            VizError::NotFinite { index: 20, .. }
        ));
    }
}

#[test]
fn unfit_settings_are_refused() {
    let (values, _) = clusters(1, 8);
    for (perplexity, iterations) in [(0.5, 100), (f64::NAN, 100), (30.0, 0)] {
        let config = TsneConfig {
            perplexity,
            iterations,
            ..TsneConfig::default()
        };
        assert!(
            matches!(
                tsne(&values, 8, DIM, &config),
                Err(VizError::InvalidValue { .. })
            ),
            "{config:?}"
        );
    }
    for (n_neighbors, min_dist) in [(1, 0.1), (15, -0.1), (15, f64::NAN)] {
        let config = UmapConfig {
            n_neighbors,
            min_dist,
            ..UmapConfig::default()
        };
        assert!(
            matches!(
                umap(&values, 8, DIM, &config),
                Err(VizError::InvalidValue { .. })
            ),
            "{config:?}"
        );
    }
}

#[cfg(not(feature = "linfa"))]
#[test]
fn an_engine_that_is_left_out_names_its_feature() {
    let (values, _) = clusters(2, 10);
    let error = tsne(&values, 20, DIM, &short(TsneEngine::Linfa)).expect_err("not built in");
    assert!(error.to_string().contains("`linfa`"), "{error}");
}

#[test]
fn choices_are_found_by_the_names_they_have() {
    for engine in TsneEngine::ALL {
        assert_eq!(engine.to_string().parse::<TsneEngine>().unwrap(), engine);
    }
    for theme in Theme::ALL {
        assert_eq!(theme.to_string().parse::<Theme>().unwrap(), theme);
    }
    let error = "sideways".parse::<Theme>().unwrap_err().to_string();
    assert!(error.contains("light, dark"), "{error}");
}

#[cfg(feature = "linfa")]
#[test]
fn the_exact_engine_refuses_large_sets() {
    let (values, _) = clusters(1, 1001);
    let error = tsne(&values, 1001, DIM, &short(TsneEngine::Linfa)).expect_err("too many");
    assert!(matches!(
        error,
        VizError::TooManySamples {
            maximum: 1000,
            got: 1001
        }
    ));
    assert!(error.to_string().contains("Manifolds"), "{error}");
}
