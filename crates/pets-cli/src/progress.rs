//! Progress on stderr: bars on a terminal, a plain line now and then elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a plain line is printed where stderr is no terminal.
const PLAIN_INTERVAL: Duration = Duration::from_secs(10);

/// The progress of one piece of work with a known number of items.
pub(crate) struct Progress {
    bar: ProgressBar,
    label: String,
    plain: bool,
    started: Instant,
    last_line: Instant,
}

impl Progress {
    /// Begins a piece of work; `unit` names its items.
    pub(crate) fn start(label: &str, total: usize, unit: &str) -> Self {
        let plain = !std::io::stderr().is_terminal();
        let target = if plain {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let template =
            format!("{{prefix}} {{bar:30}} {{pos}}/{{len}} {unit}, {{eta}} left {{msg}}");
        let style = ProgressStyle::with_template(&template).expect("the template is valid");
        let bar = ProgressBar::with_draw_target(Some(total as u64), target)
            .with_style(style)
            .with_prefix(label.to_owned());
        let now = Instant::now();
        Self {
            bar,
            label: label.to_owned(),
            plain,
            started: now,
            last_line: now,
        }
    }

    /// Says how many items are done, with a remark such as the current loss.
    pub(crate) fn update(&mut self, done: usize, remark: &str) {
        self.bar.set_position(done as u64);
        self.bar.set_message(remark.to_owned());
        if self.plain && self.last_line.elapsed() >= PLAIN_INTERVAL {
            self.last_line = Instant::now();
            let total = self.bar.length().unwrap_or_default();
            say!("{} {done}/{total} {remark}", self.label);
        }
    }

    /// Ends the work and leaves a line about it.
    pub(crate) fn finish(self, remark: &str) {
        self.bar.finish_and_clear();
        say!(
            "{}: {remark} ({:.1} s)",
            self.label,
            self.started.elapsed().as_secs_f64()
        );
    }
}
