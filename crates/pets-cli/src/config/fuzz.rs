//! Damaged configurations: an error, or a configuration of which everything can be made.

use pets_fuzz::Fuzz;

use super::{Layers, Origin, Settings, default_toml};

/// Makes everything that a configuration is made into; only a loss's or a transform's own checks may refuse.
fn make_all(given: Layers) -> bool {
    let Ok(settings) = Settings::new(given).resolve() else {
        return false;
    };
    let config = settings.config;
    config.training_config(String::new()).unwrap();
    config.evaluation_config();
    config.dataset_config().unwrap();
    true
}

/// A file of the workspace, not of this crate: read where it lies, so that the crate can be packed.
fn quickstart_toml() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../configs/quickstart.toml");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn fuzz_configuration() {
    let seeds = [
        default_toml(),
        quickstart_toml(),
        "seed = 1\n[data]\nimg_size = 64\ncrop_scale = 0.5\nholdout_breeds = [\"pug\", \"Siamese\"]\n\
         [evaluation]\nn_way = 2\nk_values = [1, 2]\n[scheduler]\ntype = \"plateau\"\npatience = 2\n"
            .to_owned(),
        "[loss]\ntype = \"circle\"\nmargin = 0.4\ngamma = 80.0\n[train]\nlearning_rate = 1e-3\n\
         clip_norm = 2\ncache_mb = 16\n[model]\nfreeze = \"layer3\"\nembedding_size = 0\n"
            .to_owned(),
    ];
    Fuzz::new("configuration")
        .limit_mib(64)
        .run(&seeds, |bytes| {
            let text = String::from_utf8_lossy(bytes);
            let mut given = Layers::default();
            let origin = |line| Origin::File("damaged.toml".into(), line);
            match given.add_toml(&text, origin) {
                Ok(()) => make_all(given),
                Err(error) => {
                    let said = error.to_string();
                    assert!(said.contains("damaged.toml:"), "{said}");
                    false
                }
            }
        });
}

#[test]
fn fuzz_assignments() {
    let seeds = [
        "data.holdout_breeds=pug,Siamese\nevaluation.n_way=2",
        "evaluation.k_values = 1,2,40\ndata.rotation=12.5\ndata.fetch=true",
        "loss.type=\"contrastive\"\nloss.margin=0.7\nmodel.freeze=layer1",
    ];
    Fuzz::new("assignments").limit_mib(64).run(&seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let mut given = Layers::default();
        for line in text.lines() {
            if let Err(error) = given.add_set(line) {
                assert!(error.to_string().contains("--set"), "{error}");
                return false;
            }
        }
        make_all(given)
    });
}
