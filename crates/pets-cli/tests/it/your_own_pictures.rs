//! Pictures that show no pets, in a folder per class: the README's commands, as they stand there.

use std::path::Path;

use image::{Rgb, RgbImage};

use crate::program::pets_in;

const SIDE: u32 = 64;

/// Whether a shape of some size covers a point, both counted from the middle.
type Shape = fn(x: i32, y: i32, size: i32) -> bool;

const SHAPES: [(&str, Shape); 4] = [
    ("circles", |x, y, size| x * x + y * y < size * size),
    ("crosses", |x, y, size| {
        x.abs().min(y.abs()) < size / 4 && x.abs().max(y.abs()) < size
    }),
    ("squares", |x, y, size| x.abs().max(y.abs()) < size),
    ("stripes", |x, _, size| x.rem_euclid(size) < size / 2),
];

fn draw(shape: Shape, number: u32, path: &Path) {
    let [size, shift] = [10 + number as i32 % 7 * 2, number as i32 % 5 - 2];
    let shade = 40 + (number * 37 % 120) as u8;
    let picture = RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let [x, y] = [x, y].map(|place| place as i32 - SIDE as i32 / 2 - shift);
        if shape(x, y, size) {
            Rgb([220, shade, 60])
        } else {
            Rgb([shade / 3, 90, 255 - shade])
        }
    });
    picture.save(path).unwrap();
}

/// A folder with a folder per shape in `shapes/`, and with pictures by the names that the README has.
fn shapes(each: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, shape) in SHAPES {
        let class = folder.path().join("shapes").join(name);
        std::fs::create_dir_all(&class).unwrap();
        for number in 0..each {
            draw(shape, number, &class.join(format!("{number}.png")));
        }
    }
    draw(SHAPES[0].1, 91, &folder.path().join("cat.jpg"));
    draw(SHAPES[3].1, 92, &folder.path().join("dog.jpg"));
    folder
}

/// The commands of the section "Your own pictures" of the README, without their remarks.
fn commands_of_the_readme() -> Vec<String> {
    let readme = include_str!("../../../../README.md");
    let section = readme.split("\n## Your own pictures\n").nth(1).unwrap();
    let block = section.split("```").nth(1).unwrap();
    let lines = block.lines().filter(|line| line.starts_with("pets "));
    lines
        .map(|line| line.split('#').next().unwrap().trim().to_owned())
        .collect()
}

#[test]
fn the_commands_of_the_readme_work_on_any_pictures() {
    let folder = shapes(20);
    let commands = commands_of_the_readme();
    assert!(commands.len() >= 7, "{commands:?}");
    for command in commands {
        if command.contains("other-outputs") {
            let train = "train --data-dir shapes --backbone efficientnet_lite0 --freeze backbone \
                         --num-epochs 1 --output-dir other-outputs";
            pets_in(folder.path(), &train.split_whitespace().collect::<Vec<_>>()).succeeded();
        }
        let words: Vec<_> = command
            .split_whitespace()
            .skip(1)
            .map(|word| if word == "DIR" { "shapes" } else { word })
            .collect();
        let said = pets_in(folder.path(), &words);
        assert_eq!(said.code, 0, "{command}: {}", said.stderr);
    }
    for made in [
        "results/evaluation.json",
        "results/report.html",
        "results/retrieval/queries.png",
        "results/gradcam/cat_dog.png",
        "results/gradcam/cat_like_dog.png",
        "../compare.html",
    ] {
        assert!(folder.path().join("outputs").join(made).exists(), "{made}");
    }
}

#[test]
fn defaults_adapt_to_the_classes_held_out_and_given_values_are_refused() {
    let folder = shapes(6);
    let train = |more: &[&str]| {
        let run = [
            "train",
            "--data-dir=shapes",
            "--backbone=efficientnet_lite0",
            "--freeze=backbone",
            "--img-size=32",
            "--num-epochs=1",
            "--batch-size=8",
            "--samples-per-class=2",
        ];
        let arguments: Vec<_> = run.iter().chain(more).copied().collect();
        pets_in(folder.path(), &arguments)
    };
    let held_out = "--holdout-breeds=circles,squares";
    train(&[held_out, "--n-way=3"]).refused_with(&[
        "evaluation.n_way = 3 (--n-way)",
        "data.holdout_breeds = [\"circles\", \"squares\"] (--holdout-breeds)",
    ]);
    train(&[held_out, "--k-shot=6"])
        .refused_with(&["evaluation.k_shot = 6 (--k-shot)", "at most 5"]);
    train(&["--holdout-breeds=circle,squares"]).refused_with(&[
        "data.holdout_breeds",
        "did you mean `circles`?",
        "--holdout-breeds none",
    ]);
    assert!(!folder.path().join("outputs/models").exists());

    let said = train(&[held_out]).succeeded().stderr;
    assert!(said.contains("few-shot tasks are of 2 breeds"), "{said}");
    pets_in(folder.path(), &["evaluate", "--data-dir=shapes"]).succeeded();
}
