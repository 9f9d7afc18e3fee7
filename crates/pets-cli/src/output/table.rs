//! Tables on stdout.

use std::fmt::Write;

/// A table whose rows are as long as its header.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Columns of text.
    Plain,
    /// Markdown.
    Markdown,
}

impl Table {
    /// Left-aligned first column, right-aligned others.
    pub(crate) fn render(&self, style: Style) -> String {
        let widths: Vec<usize> = (0..self.header.len())
            .map(|column| {
                self.lines()
                    .map(|cells| cells[column].chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for (index, cells) in self.lines().enumerate() {
            let padded = cells
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, &width))| {
                    if column == 0 {
                        format!("{cell:<width$}")
                    } else {
                        format!("{cell:>width$}")
                    }
                });
            let padded: Vec<_> = padded.collect();
            match style {
                Style::Plain => text += padded.join("  ").trim_end(),
                Style::Markdown => {
                    write!(text, "| {} |", padded.join(" | "))
                        .expect("a string takes all that is written");
                }
            }
            text.push('\n');
            if style == Style::Markdown && index == 0 {
                text += "|---|";
                text += &"---:|".repeat(self.header.len() - 1);
                text.push('\n');
            }
        }
        text
    }

    fn lines(&self) -> impl Iterator<Item = &Vec<String>> {
        std::iter::once(&self.header).chain(&self.rows)
    }
}

/// Left-aligned first column, right-aligned others.
pub(crate) fn render(header: &[&str], rows: &[Vec<String>]) -> String {
    Table {
        header: header.iter().map(|name| (*name).to_owned()).collect(),
        rows: rows.to_vec(),
    }
    .render(Style::Plain)
}

/// A share with four decimals; a dash where it is undefined.
pub(crate) fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table {
            header: vec!["name".to_owned(), "x".to_owned()],
            rows: vec![
                vec!["a".to_owned(), "1.5".to_owned()],
                vec!["long".to_owned(), share(None)],
            ],
        }
    }

    #[test]
    fn columns_line_up() {
        assert_eq!(
            table().render(Style::Plain),
            "name    x\na     1.5\nlong    –\n"
        );
    }

    #[test]
    fn markdown_has_a_rule_below_its_header() {
        assert_eq!(
            table().render(Style::Markdown),
            "| name |   x |\n|---|---:|\n| a    | 1.5 |\n| long |   – |\n"
        );
    }
}
