//! Names of labels, where they are known.

/// The name of a label: the class's, or the number itself.
pub(crate) fn label_name(class_names: &[String], label: u32) -> String {
    class_names
        .get(label as usize)
        .map_or_else(|| label.to_string(), |name| name.replace('_', " "))
}
