//! Metrics from the full distance matrix, by definition and without regard to cost.

#![allow(clippy::float_cmp, reason = "exact values are meant")]

use pets_eval::Embeddings;

pub(crate) fn distance(embeddings: &Embeddings, a: usize, b: usize) -> f64 {
    row_distance(embeddings.row(a), embeddings.row(b))
}

fn row_distance(a: &[f32], b: &[f32]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(&a, &b)| f64::from(a) - f64::from(b))
        .fold(0.0, |sum, difference| difference.mul_add(difference, sum))
        .sqrt()
}

/// Every unordered pair: its distance and whether it is positive, nearest first.
pub(crate) fn pairs(embeddings: &Embeddings) -> Vec<(f64, bool)> {
    let labels = embeddings.labels();
    let mut pairs: Vec<(f64, bool)> = (0..embeddings.len())
        .flat_map(|a| (a + 1..embeddings.len()).map(move |b| (a, b)))
        .map(|(a, b)| (distance(embeddings, a, b), labels[a] == labels[b]))
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    pairs
}

/// Share of positive-negative pairs of pairs with the positive nearer, ties half.
pub(crate) fn auc(pairs: &[(f64, bool)]) -> f64 {
    let distances = |positive| {
        pairs
            .iter()
            .filter(move |pair| pair.1 == positive)
            .map(|pair| pair.0)
    };
    let mut won = 0.0;
    for positive in distances(true) {
        for negative in distances(false) {
            won += if positive < negative {
                1.0
            } else if positive > negative {
                0.0
            } else {
                0.5
            };
        }
    }
    won / (distances(true).count() * distances(false).count()) as f64
}

/// False and true accept rate after each distinct distance, from none accepted.
pub(crate) fn roc(pairs: &[(f64, bool)]) -> Vec<[f64; 2]> {
    let positives = pairs.iter().filter(|pair| pair.1).count() as f64;
    let negatives = pairs.len() as f64 - positives;
    let mut accepted = [0.0, 0.0];
    let mut points = vec![accepted];
    for tied in pairs.chunk_by(|a, b| a.0 == b.0) {
        for pair in tied {
            accepted[usize::from(pair.1)] += 1.0;
        }
        points.push([accepted[0] / negatives, accepted[1] / positives]);
    }
    points
}

pub(crate) fn equal_error_rate(roc: &[[f64; 2]]) -> f64 {
    let gap = |point: [f64; 2]| point[0] - (1.0 - point[1]);
    roc.windows(2)
        .find(|ends| gap(ends[1]) >= 0.0)
        .map(|ends| {
            let share = -gap(ends[0]) / (gap(ends[1]) - gap(ends[0]));
            ends[0][0] + share * (ends[1][0] - ends[0][0])
        })
        .expect("the curve ends where all is accepted")
}

pub(crate) fn true_accept_rate(roc: &[[f64; 2]], false_accept_rate: f64) -> f64 {
    roc.iter()
        .filter(|point| point[0] <= false_accept_rate)
        .map(|point| point[1])
        .fold(0.0, f64::max)
}

/// All other rows, nearest first, ties by index.
pub(crate) fn ranking(embeddings: &Embeddings, query: usize) -> Vec<usize> {
    let mut others: Vec<usize> = (0..embeddings.len()).filter(|&row| row != query).collect();
    others.sort_by(|&a, &b| {
        distance(embeddings, query, a)
            .total_cmp(&distance(embeddings, query, b))
            .then(a.cmp(&b))
    });
    others
}

/// All rows of another set, nearest first, ties by index.
pub(crate) fn ranking_against(
    queries: &Embeddings,
    query: usize,
    gallery: &Embeddings,
) -> Vec<usize> {
    let row = queries.row(query);
    let distances: Vec<f64> = (0..gallery.len())
        .map(|other| row_distance(row, gallery.row(other)))
        .collect();
    let mut rows: Vec<usize> = (0..gallery.len()).collect();
    rows.sort_by(|&a, &b| distances[a].total_cmp(&distances[b]).then(a.cmp(&b)));
    rows
}

#[derive(Default, Debug)]
pub(crate) struct Means {
    pub(crate) queries: usize,
    pub(crate) recall: Vec<f64>,
    pub(crate) precision: Vec<f64>,
    pub(crate) r_precision: f64,
    pub(crate) map_at_r: f64,
    pub(crate) mrr: f64,
}

pub(crate) fn retrieval(embeddings: &Embeddings, k_values: &[usize]) -> Means {
    let labels = embeddings.labels();
    let relevant = (0..embeddings.len()).map(|query| {
        ranking(embeddings, query)
            .into_iter()
            .map(|row| labels[row] == labels[query])
            .collect()
    });
    means(relevant, k_values)
}

pub(crate) fn retrieval_against(
    queries: &Embeddings,
    gallery: &Embeddings,
    k_values: &[usize],
) -> Means {
    let relevant = (0..queries.len()).map(|query| {
        ranking_against(queries, query, gallery)
            .into_iter()
            .map(|row| gallery.labels()[row] == queries.labels()[query])
            .collect()
    });
    means(relevant, k_values)
}

/// From each query's ranking: whether the sample at each rank is relevant.
fn means(rankings: impl Iterator<Item = Vec<bool>>, k_values: &[usize]) -> Means {
    let mut sums = Means {
        recall: vec![0.0; k_values.len()],
        precision: vec![0.0; k_values.len()],
        ..Means::default()
    };
    for relevant in rankings {
        let hits = |k: usize| relevant.iter().take(k).filter(|&&hit| hit).count() as f64;
        let r = hits(relevant.len()) as usize;
        let Some(first) = relevant.iter().position(|&hit| hit) else {
            continue;
        };
        sums.queries += 1;
        for (position, &k) in k_values.iter().enumerate() {
            sums.recall[position] += f64::from(u8::from(hits(k) > 0.0));
            sums.precision[position] += hits(k) / k as f64;
        }
        sums.r_precision += hits(r) / r as f64;
        sums.mrr += 1.0 / (first + 1) as f64;
        let precisions: f64 = (1..=r)
            .filter(|&rank| relevant[rank - 1])
            .map(|rank| hits(rank) / rank as f64)
            .sum();
        sums.map_at_r += precisions / r as f64;
    }
    let queries = sums.queries as f64;
    for sum in sums.recall.iter_mut().chain(&mut sums.precision) {
        *sum /= queries;
    }
    sums.r_precision /= queries;
    sums.map_at_r /= queries;
    sums.mrr /= queries;
    sums
}
