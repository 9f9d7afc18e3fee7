//! The parameters of losses: which loss has which, and with what default, as the losses themselves say.

use pets::losses::{LossConfig, LossKind};
use toml::{Table, Value};

/// The parameters of a loss with their defaults.
pub(crate) fn default_parameters(kind: LossKind) -> Table {
    let mut table = Table::try_from(LossConfig::new(kind))
        .expect("a loss's configuration holds numbers, truth values and names");
    table.remove("type");
    table
}

/// The losses that have a parameter, each with its default; `triplet 0.5, contrastive 0.3`, say.
pub(super) fn defaults_of_losses(parameter: &str) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for kind in LossKind::ALL {
        let Some(default) = default_parameters(kind).remove(parameter) else {
            continue;
        };
        let default = match default {
            Value::String(name) => name,
            Value::Float(number) => number.to_string(),
            value => value.to_string(),
        };
        match groups.iter_mut().find(|(value, _)| *value == default) {
            Some((_, losses)) => losses.push(kind.to_string()),
            None => groups.push((default, vec![kind.to_string()])),
        }
    }
    let groups = groups
        .into_iter()
        .map(|(default, losses)| format!("{} {default}", losses.join(", ")));
    groups.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{LossSection, Section, find};

    #[test]
    fn every_parameter_of_a_loss_is_a_setting_and_the_other_way_round() {
        for kind in LossKind::ALL {
            for parameter in default_parameters(kind).keys() {
                let key = find(&format!("loss.{parameter}")).expect(parameter);
                assert!(key.of_losses, "{parameter}");
            }
        }
        for key in LossSection::KEYS.iter().filter(|key| key.of_losses) {
            assert!(!defaults_of_losses(key.name()).is_empty(), "{key:?}");
        }
    }

    #[test]
    fn losses_with_one_default_stand_together() {
        assert_eq!(defaults_of_losses("scale"), "arcface 30; cosface 64");
        assert!(defaults_of_losses("reducer").starts_with("triplet mean_active; contrastive, "));
    }
}
