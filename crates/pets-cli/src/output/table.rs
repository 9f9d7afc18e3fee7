//! Tables on stdout.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::harmless;

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
    /// Left-aligned first column, of names, which are cut where they are too long; right-aligned others.
    pub(crate) fn render(&self, style: Style) -> String {
        let lines: Vec<Vec<_>> = std::iter::once(&self.header)
            .chain(&self.rows)
            .map(|cells| {
                let [name, values @ ..] = &cells[..] else {
                    return Vec::new();
                };
                let values = values.iter().map(|cell| harmless::line(cell).into_owned());
                std::iter::once(harmless::name(name))
                    .chain(values)
                    .collect()
            })
            .collect();
        let widths: Vec<usize> = (0..self.header.len())
            .map(|column| {
                let widths = lines.iter().map(|cells| cells[column].width());
                widths.max().unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for (index, cells) in lines.iter().enumerate() {
            let padded = cells
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, width))| {
                    let space = " ".repeat(width - cell.width());
                    if column == 0 {
                        format!("{cell}{space}")
                    } else {
                        format!("{space}{cell}")
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
    fn a_hostile_name_neither_steers_the_terminal_nor_widens_every_line() {
        let mut table = table();
        table.rows[0][0] = format!("a\u{1b}[31m\n{}", "b".repeat(200));
        let text = table.render(Style::Plain);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.lines().all(|line| line.width() < 60), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn markdown_has_a_rule_below_its_header() {
        assert_eq!(
            table().render(Style::Markdown),
            "| name |   x |\n|---|---:|\n| a    | 1.5 |\n| long |   – |\n"
        );
    }
}
