//! A page that holds all it needs.

use serde::Serialize;

use crate::VizError;

const STYLE: &str = include_str!("../../assets/report/report.css");

/// The page of `template` with its title, the style, the contents as JSON, and the script.
pub(super) fn page(
    template: &str,
    title: &str,
    contents: &impl Serialize,
    script: &str,
) -> Result<String, VizError> {
    let data =
        serde_json::to_string(contents).map_err(|error| VizError::Draw(error.to_string()))?;
    Ok(fill(
        template,
        &[
            ("title", &escaped(title)),
            ("style", STYLE),
            // No "</script>" in a name may end the element that holds the data.
            ("data", &data.replace('<', "\\u003c")),
            ("script", script),
        ],
    ))
}

/// Text as it may stand in an element of HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// The template with each `{{name}}` replaced by its value; values are not looked into.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let length = values.iter().map(|(_, value)| value.len()).sum::<usize>();
    let mut page = String::with_capacity(template.len() + length);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after
            .split_once("}}")
            .expect("the template closes what it opens");
        let value = values.iter().find(|(known, _)| *known == name);
        page.push_str(before);
        page.push_str(value.expect("the template asks for known values").1);
        rest = after;
    }
    page.push_str(rest);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_taken_for_placeholders() {
        assert_eq!(
            fill("<{{a}}|{{b}}>", &[("a", "{{b}}"), ("b", "x")]),
            "<{{b}}|x>"
        );
    }
}
