//! Samples grouped by label.

use std::collections::BTreeMap;

/// Samples grouped by label: classes in ascending order of label, members in ascending order of index.
pub(crate) struct Classes {
    groups: Vec<Class>,
    class_of: Vec<usize>,
}

pub(crate) struct Class {
    pub(crate) label: u32,
    pub(crate) members: Vec<usize>,
}

impl Classes {
    pub(crate) fn new(labels: &[u32]) -> Self {
        let mut by_label: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, &label) in labels.iter().enumerate() {
            by_label.entry(label).or_default().push(index);
        }
        let mut class_of = vec![0; labels.len()];
        let groups: Vec<Class> = by_label
            .into_iter()
            .map(|(label, members)| Class { label, members })
            .collect();
        for (class, group) in groups.iter().enumerate() {
            for &index in &group.members {
                class_of[index] = class;
            }
        }
        Self { groups, class_of }
    }

    pub(crate) fn groups(&self) -> &[Class] {
        &self.groups
    }

    /// Position in [`groups`](Self::groups) of the class with a label.
    pub(crate) fn find(&self, label: u32) -> Option<usize> {
        self.groups
            .binary_search_by_key(&label, |class| class.label)
            .ok()
    }

    /// Position in [`groups`](Self::groups) of each sample's class.
    pub(crate) fn class_of(&self) -> &[usize] {
        &self.class_of
    }

    /// Number of unordered pairs of two samples of one class.
    pub(crate) fn positive_pairs(&self) -> u64 {
        self.groups
            .iter()
            .map(|class| unordered_pairs(class.members.len()))
            .sum()
    }
}

/// Number of unordered pairs among `samples`.
pub(crate) fn unordered_pairs(samples: usize) -> u64 {
    let samples = samples as u64;
    samples * samples.saturating_sub(1) / 2
}
