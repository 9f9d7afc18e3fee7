//! Settings that depend on the dataset: defaults adapt to it, and what was given and does not fit is refused.

use super::layers::suggestion;
use super::{Config, ConfigError, HoldoutBreeds, Layers};

const HOLDOUT: &str = "data.holdout_breeds";
const N_WAY: &str = "evaluation.n_way";
const K_SHOT: &str = "evaluation.k_shot";

/// A breed that is held out.
pub(crate) struct HeldOutBreed<'a> {
    pub(crate) name: &'a str,
    /// Its images that can be used.
    pub(crate) images: usize,
}

impl Config {
    /// Settles which breeds of a dataset with these classes are held out.
    ///
    /// # Errors
    ///
    /// Where a breed was named that is not there.
    pub(crate) fn settle_holdout(
        &mut self,
        layers: &Layers,
        class_names: &[String],
    ) -> Result<(), ConfigError> {
        let names = || class_names.iter().map(String::as_str);
        let held_out = self.data.holdout_breeds.of(names());
        if let Some(unknown) = held_out.iter().find(|name| !class_names.contains(name)) {
            let similar = names().map(|name| (strsim::jaro_winkler(name, unknown), name));
            return Err(layers.unusable(
                HOLDOUT,
                format!(
                    "the dataset has no breed `{unknown}` among its {}{}; `pets breeds` lists them, \
                     and --holdout-breeds none holds out none",
                    class_names.len(),
                    suggestion(similar)
                ),
            ));
        }
        self.data.holdout_breeds = HoldoutBreeds::These(held_out);
        Ok(())
    }

    /// Settles how large few-shot tasks are with these breeds held out, and says where a default is made smaller.
    ///
    /// # Errors
    ///
    /// Where a number that was given is too large, or the breeds held out make no task at all.
    pub(crate) fn settle_few_shot(
        &mut self,
        layers: &Layers,
        held_out: &[HeldOutBreed<'_>],
    ) -> Result<(), ConfigError> {
        let Some(smallest) = held_out.iter().min_by_key(|breed| breed.images) else {
            return Ok(());
        };
        if held_out.len() < 2 {
            let reason = "a few-shot task draws its breeds from those held out and needs two; \
                          hold out more, or none with --holdout-breeds none";
            return Err(layers.unusable(HOLDOUT, reason.to_owned()));
        }
        if smallest.images < 2 {
            return Err(layers.unusable(
                HOLDOUT,
                format!(
                    "the breed {} has {} usable images, and a few-shot task needs 2 of it; hold out others",
                    smallest.name, smallest.images
                ),
            ));
        }
        let (breeds, most_shots) = (held_out.len(), smallest.images - 1);
        let evaluation = &mut self.evaluation;
        if evaluation.n_way > breeds {
            if layers.is_given(N_WAY) {
                return Err(layers.unusable(
                    N_WAY,
                    format!(
                        "few-shot tasks draw their breeds from the {breeds} held out; allowed is 2 to {breeds}"
                    ),
                ));
            }
            say!("note: few-shot tasks are of {breeds} breeds, all that are held out");
            evaluation.n_way = breeds;
        }
        if evaluation.k_shot > most_shots {
            if layers.is_given(K_SHOT) {
                return Err(layers.unusable(
                    K_SHOT,
                    format!(
                        "the held-out breed {} has {} usable images, and a few-shot task needs {} of it; \
                         allowed is at most {most_shots}, or hold out other breeds",
                        smallest.name,
                        smallest.images,
                        evaluation.k_shot + 1
                    ),
                ));
            }
            say!(
                "note: few-shot tasks have {most_shots} support images per breed, since {} has {} images",
                smallest.name,
                smallest.images
            );
            evaluation.k_shot = most_shots;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ResolvedSettings, Settings};

    fn settings(assignments: &str) -> ResolvedSettings {
        let mut given = Layers::default();
        for assignment in assignments.split_whitespace() {
            given.add_set(assignment).unwrap();
        }
        Settings::new(given).resolve().unwrap()
    }

    /// Settles few-shot tasks where breeds with so many images each are held out.
    fn settle(settings: &mut ResolvedSettings, images: &[usize]) -> Result<(), ConfigError> {
        let breed = |&images| HeldOutBreed {
            name: "pug",
            images,
        };
        let held_out: Vec<_> = images.iter().map(breed).collect();
        settings.config.settle_few_shot(&settings.layers, &held_out)
    }

    #[test]
    fn a_breed_that_is_not_there_is_told_with_its_setting_and_the_way_on() {
        let classes = ["pug", "boxer", "beagle"].map(str::to_owned);
        let mut misspelt = settings("data.holdout_breeds=boxr");
        let said = misspelt
            .config
            .settle_holdout(&misspelt.layers, &classes)
            .unwrap_err()
            .to_string();
        for part in [
            "data.holdout_breeds = [\"boxr\"] (--set): ",
            "no breed `boxr` among its 3; did you mean `boxer`?",
            "--holdout-breeds none",
        ] {
            assert!(said.contains(part), "{said}");
        }
        let mut by_default = settings("");
        by_default
            .config
            .settle_holdout(&by_default.layers, &classes)
            .unwrap();
        assert_eq!(
            by_default.config.data.holdout_breeds,
            HoldoutBreeds::These(Vec::new())
        );
    }

    #[test]
    fn defaults_become_smaller_and_given_values_are_refused() {
        let mut by_default = settings("data.holdout_breeds=pug,boxer,beagle");
        settle(&mut by_default, &[9, 3, 4]).unwrap();
        let evaluation = &by_default.config.evaluation;
        assert_eq!((evaluation.n_way, evaluation.k_shot), (3, 2));

        for (given, said) in [
            ("evaluation.n_way=4", "allowed is 2 to 3"),
            ("evaluation.k_shot=3", "allowed is at most 2"),
        ] {
            let error = settle(&mut settings(given), &[9, 3, 4])
                .unwrap_err()
                .to_string();
            assert!(error.contains("(--set)") && error.contains(said), "{error}");
        }
    }

    #[test]
    fn breeds_that_make_no_task_are_refused() {
        for too_few in [&[9][..], &[9, 1]] {
            let error = settle(&mut settings("data.holdout_breeds=pug"), too_few)
                .unwrap_err()
                .to_string();
            assert!(error.contains("data.holdout_breeds"), "{error}");
        }
        settle(&mut settings(""), &[]).unwrap();
    }
}
