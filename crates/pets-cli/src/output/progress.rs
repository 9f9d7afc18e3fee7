//! Progress on stderr: bars on a terminal, a plain line now and then elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use super::harmless;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

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
        let label = harmless::name(label);
        let plain = !std::io::stderr().is_terminal();
        let target = if plain {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let template = format!("{{prefix}} {{bar:30}} {{pos}}/{{len}} {unit}{{msg}}");
        let style = ProgressStyle::with_template(&template).expect("the template is valid");
        let bar = ProgressBar::with_draw_target(Some(total as u64), target)
            .with_style(style)
            .with_prefix(label.clone());
        let now = Instant::now();
        Self {
            bar,
            label,
            plain,
            started: now,
            last_line: now,
        }
    }

    /// Says how many items are done and how long the rest will take, with a remark such as the current loss.
    pub(crate) fn update(&mut self, done: usize, remark: &str) {
        let total = self.bar.length().unwrap_or_default() as usize;
        let left = time_left(done, total, self.started.elapsed());
        let state = in_words(left, remark);
        self.bar.set_position(done as u64);
        if self.plain && self.last_line.elapsed() >= PLAIN_INTERVAL {
            self.last_line = Instant::now();
            say!("{} {done}/{total}{state}", self.label);
        }
        self.bar.set_message(state);
    }

    /// Ends the work and leaves nothing.
    pub(crate) fn vanish(self) {
        self.bar.finish_and_clear();
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

/// How long the rest will take at the rate so far; none before anything is done, and at the end.
fn time_left(done: usize, total: usize, elapsed: Duration) -> Option<Duration> {
    let rest = total.checked_sub(done).filter(|rest| *rest > 0)?;
    let seconds = elapsed.as_secs_f64() * rest as f64 / done as f64;
    Duration::try_from_secs_f64(seconds).ok()
}

/// What stands behind the count: `, 2 minutes left, loss 0.41`.
fn in_words(left: Option<Duration>, remark: &str) -> String {
    let left = left.map(|left| match left.as_secs() {
        0 => ", less than a second left".to_owned(),
        _ => format!(", {} left", HumanDuration(left)),
    });
    let remark = (!remark.is_empty()).then(|| format!(", {remark}"));
    left.into_iter().chain(remark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_as_long_as_the_rate_so_far_says() {
        let elapsed = Duration::from_secs(30);
        assert_eq!(time_left(1, 5, elapsed), Some(Duration::from_mins(2)));
        assert_eq!(time_left(4, 5, elapsed).unwrap().as_millis(), 7500);
        for (done, total) in [(0, 5), (5, 5), (6, 5)] {
            assert_eq!(time_left(done, total, elapsed), None, "{done}/{total}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let minutes = Some(Duration::from_mins(2));
        assert_eq!(
            in_words(minutes, "loss 0.41"),
            ", 2 minutes left, loss 0.41"
        );
        assert_eq!(in_words(None, "loss 0.41"), ", loss 0.41");
        assert_eq!(
            in_words(Some(Duration::from_millis(3)), ""),
            ", less than a second left"
        );
        assert_eq!(in_words(None, ""), "");
    }
}
