//! Recall and precision at k, and their flat JSON keys `recall@k` and `precision@k`, k ascending as numbers.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{SerializeMap, Serializer};

const RECALL: &str = "recall@";
const PRECISION: &str = "precision@";

/// Recall and precision at one k.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtK {
    /// Share of queries with a hit among the first k.
    pub recall: Option<f64>,
    /// Hits among the first k over k, averaged over the queries.
    pub precision: Option<f64>,
}

pub(crate) fn serialize<S: Serializer>(
    at_k: &BTreeMap<usize, AtK>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2 * at_k.len()))?;
    for (k, at_k) in at_k {
        map.serialize_entry(&format!("{RECALL}{k}"), &at_k.recall)?;
    }
    for (k, at_k) in at_k {
        map.serialize_entry(&format!("{PRECISION}{k}"), &at_k.precision)?;
    }
    map.end()
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<usize, AtK>, D::Error> {
    let values = BTreeMap::<String, Option<f64>>::deserialize(deserializer)?;
    let mut at_k = BTreeMap::new();
    for (key, &value) in &values {
        let (k, recall) = match (key.strip_prefix(RECALL), key.strip_prefix(PRECISION)) {
            (Some(k), _) => (k, true),
            (None, Some(k)) => (k, false),
            (None, None) => return Err(D::Error::custom(format!("unknown key {key}"))),
        };
        let k: usize = k
            .parse()
            .map_err(|_| D::Error::custom(format!("{key} does not end in a whole number")))?;
        let entry = at_k.entry(k).or_insert(AtK {
            recall: None,
            precision: None,
        });
        if recall {
            entry.recall = value;
        } else {
            entry.precision = value;
        }
    }
    Ok(at_k)
}
