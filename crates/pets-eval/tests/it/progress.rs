//! Long work tells how far it is, and ends when it is told to.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use pets_eval::{
    BootstrapConfig, ClusteringConfig, Embeddings, EvalError, FewShotConfig, Progress,
    VerificationPairs, bootstrap_auc, bootstrap_retrieval, compare_auc, compare_retrieval,
    evaluate_class_verification, evaluate_clustering, evaluate_few_shot, evaluate_knn,
    evaluate_retrieval, evaluate_verification, nearest, search, worst_failures,
};
use pets_fuzz::peak_of;

use crate::samples::{clustered, in_threads};

type Work<'a> = (
    &'a str,
    Box<dyn Fn(&dyn Progress) -> Option<EvalError> + Sync + 'a>,
);

fn works(rows: &Embeddings) -> Vec<Work<'_>> {
    fn work<'a, T>(
        name: &'a str,
        run: impl Fn(&dyn Progress) -> Result<T, EvalError> + Sync + 'a,
    ) -> Work<'a> {
        (name, Box::new(move |progress| run(progress).err()))
    }
    let bootstrap = BootstrapConfig::default();
    let all = VerificationPairs::All;
    let sampled = VerificationPairs::Sampled {
        pairs: 20_000,
        seed: 1,
    };
    let verification = evaluate_verification(rows, all, &()).unwrap();
    let of_sample = evaluate_verification(rows, sampled, &()).unwrap();
    let pair = verification.clone();
    let results = evaluate_retrieval(rows, &[1], &()).unwrap().per_query;
    let (other, failed) = (results.clone(), results.clone());
    let indices: Vec<usize> = (0..rows.len()).collect();
    vec![
        work("verification", move |p| evaluate_verification(rows, all, p)),
        work("sampled", move |p| evaluate_verification(rows, sampled, p)),
        work("classes", move |p| {
            evaluate_class_verification(rows, 1.0, 5, p)
        }),
        work("retrieval", move |p| evaluate_retrieval(rows, &[1], p)),
        work("k-NN", move |p| evaluate_knn(rows, 5, p)),
        work("few-shot", move |p| {
            evaluate_few_shot(rows, FewShotConfig::default(), p)
        }),
        work("clustering", move |p| {
            evaluate_clustering(rows, ClusteringConfig::default(), p)
        }),
        work("interval", move |p| {
            bootstrap_auc(rows, &verification, bootstrap, p)
        }),
        work("of a sample", move |p| {
            bootstrap_auc(rows, &of_sample, bootstrap, p)
        }),
        work("areas", move |p| {
            compare_auc((rows, &pair), (rows, &pair), bootstrap, p)
        }),
        work("queries", move |p| {
            bootstrap_retrieval(&results, bootstrap, p)
        }),
        work("compared", move |p| {
            compare_retrieval(&other, &other, bootstrap, p)
        }),
        work("failures", move |p| worst_failures(rows, &failed, 20, 5, p)),
        work("nearest", move |p| nearest(rows, &indices, 3, p)),
        work("search", move |p| search(rows, rows.as_slice(), 3, p)),
    ]
}

#[test]
fn shares_rise_from_0_to_1() {
    for (name, work) in works(&clustered(400, 8, 6, 1.5, 1)) {
        let shares = Mutex::new(Vec::new());
        let failed = in_threads(1, || {
            work(&|share: f64| {
                shares.lock().unwrap().push(share);
                true
            })
        });
        assert_eq!(failed, None, "{name}");
        let shares = shares.into_inner().unwrap();
        assert!(shares.len() > 3, "{name}: {shares:?}");
        assert!(shares.is_sorted(), "{name}: {shares:?}");
        assert!(shares[0] >= 0.0 && shares[0] < 0.5, "{name}: {}", shares[0]);
        let last = shares[shares.len() - 1];
        // k-means comes to its end early.
        assert!(
            last <= 1.0 && (last > 0.99 || name == "clustering"),
            "{name}: {last}"
        );
    }
}

#[test]
fn work_ends_soon_after_it_is_told_to() {
    for (name, work) in works(&clustered(400, 8, 6, 1.5, 1)) {
        for told in [0, 2] {
            let asked = AtomicUsize::new(0);
            let ended = work(&|_: f64| asked.fetch_add(1, Ordering::Relaxed) < told);
            assert_eq!(ended, Some(EvalError::Interrupted), "{name}");
            let asked = asked.into_inner();
            // Every thread may have asked at the same time.
            assert!(
                asked <= told + rayon::current_num_threads(),
                "{name}: {asked}"
            );
        }
    }
}

#[test]
fn equal_rows_and_many_classes_take_little_memory() {
    let equal = Embeddings::new(vec![1.0; 6_000], 2, vec![0; 3_000]).unwrap();
    let (found, took) = peak_of(|| evaluate_knn(&equal, 3, &()));
    assert_eq!(found.unwrap().accuracy, Some(1.0));
    assert!(took < 8 << 20, "{took}");

    let many = clustered(6_000, 3_000, 2, 1.0, 1);
    let (found, took) = peak_of(|| evaluate_class_verification(&many, 10.0, 5, &()));
    assert_eq!(found.unwrap().most_confused.len(), 5);
    assert!(took < 8 << 20, "{took}");
}
