//! Models of others: what they say about where to read, write, fetch and draw is not followed.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::pets_in;
use crate::workplace::{QUICK, Workplace};

const MODEL: &str = "run/models/best_model.safetensors";

fn trained() -> Workplace {
    let workplace = Workplace::new(4, 12);
    let run = [
        "train",
        "--data-dir=drawn",
        "--output-dir=run",
        "--holdout-breeds=none",
        "--train-test-split=0.5",
    ];
    workplace.pets(&[&run[..], &QUICK].concat());
    workplace
}

/// The model file with other settings of the run inside it.
fn with_settings(model: &Path, settings: &str) -> Vec<u8> {
    with_description(model, |told| {
        let config = &mut told["config"];
        assert!(config.as_str().unwrap().contains("img_size = 32"));
        *config = settings.into();
    })
}

/// The model file with another description of the model inside it.
fn with_description(model: &Path, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let bytes = std::fs::read(model).unwrap();
    let (length, rest) = bytes.split_first_chunk().unwrap();
    let (header, tensors) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let mut header: Value = serde_json::from_slice(header).unwrap();
    let description = &mut header["__metadata__"]["pets"];
    let mut told: Value = serde_json::from_str(description.as_str().unwrap()).unwrap();
    change(&mut told);
    *description = told.to_string().into();
    let header = header.to_string();
    let length = (header.len() as u64).to_le_bytes();
    [&length, header.as_bytes(), tensors].concat()
}

/// Every file and folder below `folder`.
fn entries(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path.clone());
            }
            found.insert(path);
        }
    }
    found
}

#[test]
fn a_model_file_decides_nothing_about_where_to_write_read_fetch_and_draw() {
    let workplace = trained();
    let place = workplace.path();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let trap = place.join("trap");
    let trap_text = trap.display();
    let settings = format!(
        "seed = 42\n\
         output_dir = \"{trap_text}/run\"\n\
         device = \"abacus\"\n\
         [data]\n\
         dir = \"{trap_text}/pictures\"\n\
         img_size = 32\n\
         train_test_split = 0.5\n\
         holdout_breeds = []\n\
         fetch = true\n\
         url = \"http://{address}/pets\"\n\
         num_workers = 200\n\
         [drawn]\n\
         breeds = 3\n\
         [model]\n\
         weights = \"{trap_text}/weights.pth\"\n\
         weights_url = \"http://{address}/models\"\n\
         [evaluation]\n\
         baseline = true\n\
         num_few_shot_tasks = 1000000\n"
    );
    // As a file, and as a run's folder that somebody else has packed.
    let foreign = place.join("foreign");
    std::fs::create_dir_all(foreign.join("models")).unwrap();
    let model = with_settings(&place.join(MODEL), &settings);
    std::fs::write(place.join("foreign.safetensors"), &model).unwrap();
    std::fs::write(foreign.join("models/best_model.safetensors"), &model).unwrap();
    std::fs::write(foreign.join("config.toml"), &settings).unwrap();
    let picture = workplace.pictures().remove(0);

    for model in ["foreign.safetensors", "foreign"] {
        let load = format!("--load-model={model}");
        let before = entries(place);
        for command in ["evaluate", "visualize", "gradcam"] {
            // There is no dataset where the defaults look for one, and that is all that is said.
            let said = pets_in(place, &[command, &load]);
            assert_eq!(said.code, 1, "{}", said.stderr);
            for part in [
                "there is no dataset in data/oxford-iiit-pet",
                "the model's run had data.dir",
            ] {
                assert!(said.stderr.contains(part), "{part}: {}", said.stderr);
            }
            let with_data = [command, &load, "--data-dir=drawn", "--output-dir=mine"];
            pets_in(place, &with_data).succeeded();
        }
        let sheet = [
            "gradcam",
            &load,
            picture.to_str().unwrap(),
            "--dimension=1",
            "--out=mine/sheet.png",
        ];
        pets_in(place, &sheet).succeeded();
        let embed = ["embed", &load, "--data-dir=drawn", "--out=mine/e.npz"];
        pets_in(place, &embed).succeeded();
        let export = ["weights", "export", &load, "--out=mine/w.safetensors"];
        pets_in(place, &export).succeeded();
        let expected = |path: &PathBuf| {
            let below = |folder: &str| path.starts_with(place.join(folder));
            below("mine") || below("outputs") || below("foreign/results")
        };
        let made: Vec<_> = entries(place)
            .difference(&before)
            .filter(|path| !expected(path))
            .cloned()
            .collect();
        assert!(made.is_empty(), "{model}: {made:?}");
    }
    assert!(!trap.exists());
    let knock = listener.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(knock, Err(ErrorKind::WouldBlock));
}

#[test]
fn where_a_model_is_from_is_shown_and_what_it_is_holds() {
    let workplace = trained();
    let place = workplace.path();
    let settings = "seed = 7\nfrom_the_future = 1\n[data]\nimg_size = 64\nsplit = \"official\"\n\
                    [train]\nlearning_rate = 0.125\n[loss]\ntype = \"circle\"\n";
    let model = with_settings(&place.join(MODEL), settings);
    std::fs::write(place.join("foreign.safetensors"), model).unwrap();
    workplace.pets(&[
        "visualize",
        "--load-model=foreign.safetensors",
        "--data-dir=drawn",
        "--output-dir=mine",
    ]);
    let page = workplace.text("mine/results/report.html");
    assert!(page.contains("learning_rate = 0.125"));
    assert!(page.contains("circle"));
}

#[test]
fn a_model_that_says_it_is_shown_huge_pictures_is_refused() {
    let workplace = trained();
    let place = workplace.path();
    let change = |key: &str, value: Value| {
        let model = with_description(&place.join(MODEL), |told| told[key] = value);
        std::fs::write(place.join("foreign.safetensors"), model).unwrap();
        workplace.error(&[
            "evaluate",
            "foreign.safetensors",
            "--data-dir=drawn",
            "--output-dir=mine",
        ])
    };
    let said = change("img_size", 8192.into());
    assert!(
        said.contains("its image size is 8192; allowed is at most 1024"),
        "{said}"
    );
    let said = change("embedding_size", 1_000_000_000.into());
    assert!(said.contains("head.fc2.weight should have"), "{said}");
    let said = change("dropout_rate", 1.5.into());
    assert!(said.contains("dropout_rate must be in [0, 1)"), "{said}");
}
