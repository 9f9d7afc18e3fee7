//! N-way k-shot episodes, classified by the nearest class mean and by the nearest neighbour.

use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::classes::Classes;
use crate::distance::euclidean::euclidean;
use crate::embeddings::Embeddings;
use crate::error::EvalError;
use crate::progress::{Progress, Steps};

/// Half-width of a 95 % confidence interval in standard errors of the mean.
const NORMAL_95: f64 = 1.96;

/// How few-shot tasks are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FewShotConfig {
    /// Classes per task, at least 2.
    pub n_way: usize,
    /// Support samples per class, at least 1.
    pub k_shot: usize,
    /// Number of tasks, at least 1.
    pub num_tasks: usize,
    /// Most query samples per class, at least 1; a class with fewer left gives those it has.
    pub queries_per_class: usize,
    /// Seed of all draws.
    pub seed: u64,
}

impl Default for FewShotConfig {
    /// 100 tasks of 5 classes, 5 support and up to 10 query samples each, seed 42.
    fn default() -> Self {
        Self {
            n_way: 5,
            k_shot: 5,
            num_tasks: 100,
            queries_per_class: 10,
            seed: 42,
        }
    }
}

/// Accuracy of classifying queries by a few labelled support samples, over randomly drawn tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FewShot {
    /// By the nearest class mean (Snell et al. 2017, "Prototypical Networks"): Euclidean distance to the plain mean of
    /// a class's support rows, which is not scaled to unit length.
    pub nearest_class_mean: Accuracy,
    /// By the label of the nearest support row.
    pub nearest_neighbor: Accuracy,
    /// How the tasks were drawn.
    #[serde(flatten)]
    pub config: FewShotConfig,
    /// Classes the tasks were drawn from.
    pub classes: usize,
    /// Queries classified in all tasks together.
    pub queries: usize,
}

/// Accuracy over tasks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Mean over the tasks.
    pub mean: f64,
    /// Standard deviation over the tasks (divisor tasks − 1); `None` for a single task.
    pub std: Option<f64>,
    /// Half-width of the 95 % confidence interval of the mean, `1.96 * std / sqrt(tasks)`; `None` for a single task.
    pub confidence_95: Option<f64>,
}

/// Evaluates few-shot classification. Each task draws classes, then support and query samples of each, without
/// repetition; its draws depend on the seed and its number alone. Ties go to the class, or support sample, drawn first.
///
/// # Errors
/// When a setting is out of range, there are fewer than `n_way` classes, a class has fewer than `k_shot + 1` samples, or
/// `progress` ends it.
///
/// # Example
/// ```
/// use pets_eval::{Embeddings, FewShotConfig, evaluate_few_shot};
///
/// let embeddings = Embeddings::new(vec![0.0, 0.1, 0.2, 1.0, 1.1, 1.2], 1, vec![0, 0, 0, 1, 1, 1])?;
/// let config = FewShotConfig { n_way: 2, k_shot: 1, ..FewShotConfig::default() };
/// assert_eq!(evaluate_few_shot(&embeddings, config, &())?.nearest_class_mean.mean, 1.0);
/// # Ok::<(), pets_eval::EvalError>(())
/// ```
pub fn evaluate_few_shot(
    embeddings: &Embeddings,
    config: FewShotConfig,
    progress: &dyn Progress,
) -> Result<FewShot, EvalError> {
    let classes = Classes::new(embeddings.labels());
    check(config, &classes)?;
    let all = (config.num_tasks as u64).saturating_mul(config.n_way as u64);
    let steps = Steps::new(progress, all);
    let tasks: Result<Vec<TaskResult>, EvalError> = (0..config.num_tasks)
        .into_par_iter()
        .map(|number| Task::draw(&classes, config, number as u64).run(embeddings, &steps))
        .collect();
    let tasks = tasks?;
    Ok(FewShot {
        nearest_class_mean: Accuracy::over(tasks.iter().map(|task| task.by_class_mean)),
        nearest_neighbor: Accuracy::over(tasks.iter().map(|task| task.by_neighbor)),
        config,
        classes: classes.groups().len(),
        queries: tasks.iter().map(|task| task.queries).sum(),
    })
}

fn check(config: FewShotConfig, classes: &Classes) -> Result<(), EvalError> {
    let at_least_one = "it must be at least 1";
    for (name, value, least, allowed) in [
        ("n_way", config.n_way, 2, "it must be at least 2"),
        ("k_shot", config.k_shot, 1, at_least_one),
        ("num_tasks", config.num_tasks, 1, at_least_one),
        (
            "queries_per_class",
            config.queries_per_class,
            1,
            at_least_one,
        ),
    ] {
        if value < least {
            return Err(EvalError::setting(name, &value, allowed));
        }
    }
    if classes.groups().len() < config.n_way {
        return Err(EvalError::TooFewClasses {
            n_way: config.n_way,
            classes: classes.groups().len(),
        });
    }
    for class in classes.groups() {
        if class.members.len() <= config.k_shot {
            return Err(EvalError::TooFewSamples {
                label: class.label,
                samples: class.members.len(),
                k_shot: config.k_shot,
            });
        }
    }
    Ok(())
}

/// Rows of the support and the query samples, per class of a task.
struct Task {
    classes: Vec<TaskClass>,
}

struct TaskClass {
    support: Vec<usize>,
    queries: Vec<usize>,
}

struct TaskResult {
    by_class_mean: f64,
    by_neighbor: f64,
    queries: usize,
}

impl Task {
    fn draw(classes: &Classes, config: FewShotConfig, number: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        rng.set_stream(number);
        let drawn = index::sample(&mut rng, classes.groups().len(), config.n_way);
        let classes = drawn
            .iter()
            .map(|class| {
                let members = &classes.groups()[class].members;
                let amount = members
                    .len()
                    .min(config.k_shot.saturating_add(config.queries_per_class));
                let mut support: Vec<usize> = index::sample(&mut rng, members.len(), amount)
                    .iter()
                    .map(|member| members[member])
                    .collect();
                let queries = support.split_off(config.k_shot);
                TaskClass { support, queries }
            })
            .collect();
        Self { classes }
    }

    /// Classifies the queries; those of a class are a step.
    fn run(&self, embeddings: &Embeddings, steps: &Steps<'_>) -> Result<TaskResult, EvalError> {
        let means: Vec<Vec<f64>> = self
            .classes
            .iter()
            .map(|class| embeddings.mean_row(&class.support))
            .collect();
        let (mut by_class_mean, mut by_neighbor, mut queries) = (0, 0, 0);
        for (expected, class) in self.classes.iter().enumerate() {
            for &query in &class.queries {
                let row = embeddings.row(query);
                let nearest_mean = nearest(means.iter().map(|mean| euclidean(row, mean)));
                let nearest_support = nearest(self.classes.iter().map(|class| {
                    class
                        .support
                        .iter()
                        .map(|&support| euclidean(row, embeddings.row(support)))
                        .fold(f64::INFINITY, f64::min)
                }));
                by_class_mean += usize::from(nearest_mean == expected);
                by_neighbor += usize::from(nearest_support == expected);
                queries += 1;
            }
            steps.advance(1)?;
        }
        Ok(TaskResult {
            by_class_mean: by_class_mean as f64 / queries as f64,
            by_neighbor: by_neighbor as f64 / queries as f64,
            queries,
        })
    }
}

/// Position of the smallest distance, the first of equals.
fn nearest(distances: impl Iterator<Item = f64>) -> usize {
    distances
        .enumerate()
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map_or(0, |(position, _)| position)
}

impl Accuracy {
    fn over(accuracies: impl ExactSizeIterator<Item = f64> + Clone) -> Self {
        let tasks = accuracies.len() as f64;
        let mean = accuracies.clone().sum::<f64>() / tasks;
        let squares: f64 = accuracies.map(|accuracy| (accuracy - mean).powi(2)).sum();
        let std = (tasks > 1.0).then(|| (squares / (tasks - 1.0)).sqrt());
        Self {
            mean,
            std,
            confidence_95: std.map(|std| NORMAL_95 * std / tasks.sqrt()),
        }
    }
}
