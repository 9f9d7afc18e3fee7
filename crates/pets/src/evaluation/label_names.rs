//! Names of labels, where they are known.

/// The name of a label: the class's, or the number itself.
pub fn label_name(class_names: &[String], label: u32) -> String {
    class_names
        .get(label as usize)
        .map_or_else(|| label.to_string(), |name| for_people(name))
}

/// The name of a class, for people.
pub(crate) fn for_people(class_name: &str) -> String {
    class_name.replace('_', " ")
}
