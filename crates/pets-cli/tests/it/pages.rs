//! The pages and pictures of real runs, small ones, against the figures that stand behind them.

use pets_browser::{Browser, with_page};
use serde_json::Value;

use crate::workplace::Workplace;

const RUN: [&str; 12] = [
    "--data-dir=drawn",
    "--backbone=efficientnet_lite0",
    "--freeze=backbone",
    "--holdout-breeds=none",
    "--img-size=64",
    "--batch-size=8",
    "--samples-per-class=2",
    "--embedding-size=8",
    "--train-test-split=0.5",
    "--bootstrap-resamples=50",
    "--warmup-epochs=0",
    "--learning-rate=3e-3",
];

fn run(workplace: &Workplace, command: &str, output: &str, arguments: &[&str]) {
    let mut all = vec![command, "--output-dir", output];
    all.extend(RUN);
    all.extend(arguments);
    workplace.pets(&all);
}

/// Opens a page of the workplace.
fn in_browser(workplace: &Workplace, page: &str, test: impl FnOnce(&mut Browser)) {
    with_page(&workplace.path().canonicalize().unwrap().join(page), test);
}

fn percent(value: &Value) -> String {
    format!("{:.1} %", 100.0 * value.as_f64().unwrap())
}

#[test]
fn the_report_says_what_the_evaluation_says() {
    let workplace = Workplace::new(4, 12);
    let small = [
        "--num-epochs=2",
        "--num-queries=2",
        "--num-samples=4",
        "--tsne-iterations=50",
    ];
    run(&workplace, "all", "run", &small);
    let evaluation = workplace.json("run/results/evaluation.json");
    let at = |pointer: &str| evaluation.pointer(pointer).expect(pointer);
    let interval = |pointer: &str| {
        let ends = ["low", "high"].map(|end| percent(at(&format!("/intervals/{pointer}/{end}"))));
        format!("95 % interval {} – {}", ends[0], ends[1])
    };
    in_browser(&workplace, "run/results/report.html", |browser| {
        let shown = browser.evaluate(
            "[...document.querySelectorAll('#headlines .headline')].map((card) =>
                [card.querySelector('h3').textContent, card.querySelector('.value').textContent,
                 [...card.querySelectorAll('p')].map((line) => line.textContent).join('|')])",
        );
        let cards = shown.as_array().unwrap();
        let expected = [
            (
                "Recall@1",
                "/retrieval/recall@1",
                Some("retrieval/recall@1"),
            ),
            ("MAP@R", "/retrieval/map@r", Some("retrieval/map@r")),
            (
                "ROC-AUC",
                "/verification/roc_auc",
                Some("verification/roc_auc"),
            ),
            ("EER", "/verification/eer", None),
        ];
        assert_eq!(cards.len(), expected.len(), "{shown}");
        for (card, (name, figure, ends)) in cards.iter().zip(expected) {
            assert_eq!(card[0], name);
            assert_eq!(card[1], percent(at(figure)), "{name}");
            if let Some(ends) = ends {
                let lines = card[2].as_str().unwrap();
                assert!(lines.contains(&interval(ends)), "{name}: {lines}");
            }
        }
        let tiles = "document.querySelectorAll('#gallery img').length";
        assert_eq!(
            browser.evaluate(tiles),
            8,
            "an image and an overlay of each sample"
        );
    });

    for (file, divergence) in [("tsne", true), ("umap", false)] {
        let map = workplace.json(&format!("run/results/{file}.json"));
        assert_eq!(map["points"].as_array().unwrap().len(), 24);
        assert!((0.0..=1.0).contains(&map["trustworthiness"].as_f64().unwrap()));
        assert_eq!(map["kl_divergence"].is_f64(), divergence, "{file}");
    }
    // Where drawn pets are is known.
    let maps = workplace.json("run/results/gradcam/samples.json");
    let on = &maps["on_the_animal"];
    assert_eq!(
        (&maps["stage"], &on["maps"]),
        (&"conv_head".into(), &4.into())
    );
    for part in ["mass", "area", "maximum"] {
        assert!((0.0..=1.0).contains(&on[part].as_f64().unwrap()), "{part}");
    }
}

#[test]
fn runs_are_compared_on_one_page() {
    let workplace = Workplace::new(4, 12);
    run(&workplace, "train", "short", &["--num-epochs=1"]);
    run(&workplace, "train", "long", &["--num-epochs=4"]);
    run(
        &workplace,
        "train",
        "other",
        &["--num-epochs=1", "--seed=2"],
    );
    let printed = workplace.pets(&[
        "compare",
        "short",
        "long",
        "other",
        "--data-dir=drawn",
        "--out",
        "pages/all.html",
        "--json",
    ]);
    let found: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(found["models"].as_array().unwrap().len(), 3);
    let [of_long] = &found["differences"].as_array().unwrap()[..] else {
        panic!(
            "the run of another seed has other test images: {}",
            found["differences"]
        );
    };
    let map_at_r = |run: usize| found["models"][run]["retrieval"]["map@r"].as_f64().unwrap();
    let difference = &of_long["retrieval"]["map@r"];
    let gain = difference["difference"].as_f64().unwrap();
    assert!((gain - (map_at_r(1) - map_at_r(0))).abs() < 1e-12);

    in_browser(&workplace, "pages/all.html", |browser| {
        let row = browser.evaluate(
            "[...document.querySelectorAll('#figure-table tbody tr')]
                .map((row) => [...row.children].map((cell) => cell.textContent))
                .find((row) => row[0] === 'MAP@R')",
        );
        let cell = |run: usize| row[run + 1].as_str().unwrap();
        for run in 0..3 {
            let value = percent(&found["models"][run]["retrieval"]["map@r"]);
            assert!(cell(run).starts_with(&value), "{row}");
        }
        let signed = |share: f64| {
            let sign = if share < 0.0 { "−" } else { "+" };
            format!("{sign}{:.1}", 100.0 * share.abs())
        };
        let [low, high] =
            ["low", "high"].map(|end| signed(difference["interval"][end].as_f64().unwrap()));
        let tested = format!("{} points ({low} to {high})", signed(gain));
        assert!(cell(1).ends_with(&tested), "{tested}: {row}");
        assert!(!cell(2).contains('('), "{row}");
        assert!(browser.text("#remarks").contains("different images"));
        assert!(
            browser
                .text("#setting-table tbody")
                .contains("train.num_epochs")
        );
        browser.wait_for("document.querySelectorAll('#roc .line').length === 3");
        browser.wait_for("document.querySelectorAll('#train-loss .line').length > 0");
    });

    let said = workplace.error(&["compare", "short", "drawn"]);
    assert!(said.contains("drawn is no run"), "{said}");
}

#[test]
fn any_picture_is_explained_and_sought() {
    let workplace = Workplace::new(3, 8);
    run(&workplace, "train", "run", &["--num-epochs=1"]);
    let folder = workplace.path();
    let drawn = workplace.pictures();
    let drawn = [0, 1].map(|index| drawn[index].display().to_string());
    let gray = image::RgbImage::from_pixel(40, 30, image::Rgb([90, 120, 60]));
    gray.save(folder.join("gray.png")).unwrap();
    let pets = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend([
            "--output-dir=out",
            "--data-dir=drawn",
            "--load-model=run/models/best_model.safetensors",
        ]);
        workplace.pets(&all)
    };
    let maps = |arguments: &[&str]| {
        let sheet = pets(arguments);
        let record = std::path::Path::new(sheet.trim()).with_extension("json");
        workplace.json(record.to_str().unwrap())
    };

    let of_gray = maps(&["gradcam", "gray.png"]);
    assert_eq!(of_gray["maps"][0]["nothing_to_show"], true);
    let both = maps(&[
        "gradcam",
        &drawn[0],
        "--target",
        &drawn[1],
        "--method=layer-cam",
    ]);
    assert_eq!(both["method"], "Layer-CAM");
    let [there, back] = &both["maps"].as_array().unwrap()[..] else {
        panic!("likeness is explained in both pictures: {both}");
    };
    assert_ne!(there["picture"], back["picture"]);
    let score = |map: &Value| map["score"].as_f64().unwrap();
    assert!((score(there) - score(back)).abs() < 1e-5, "{both}");
    let seventh = maps(&["gradcam", &drawn[0], "--dimension=7", "--stage=stage3"]);
    assert_eq!(seventh["stage"], "stage3");
    assert_eq!(seventh["maps"][0]["explained"], "in dimension 7");
    let model = "--load-model=run/models/best_model.safetensors";
    let said = workplace.error(&["gradcam", model, "--data-dir=drawn", "--dimension=8"]);
    assert!(said.contains("8 values, 0 to 7"), "{said}");

    let sheet = pets(&[
        "visualize",
        "--query",
        "gray.png",
        "--query",
        &drawn[0],
        "--theme=dark",
    ]);
    assert!(sheet.trim().ends_with("retrieval/queries.png"), "{sheet}");
    let sheet = image::open(folder.join(sheet.trim())).unwrap().into_rgb8();
    assert!(
        sheet.get_pixel(1, 1).0.iter().all(|value| *value < 60),
        "dark paper"
    );
    let unknown = [
        "visualize",
        model,
        "--data-dir=drawn",
        "--query=gray.png",
        "--query-breed=nobody",
    ];
    assert!(workplace.error(&unknown).contains("nobody"));
}
