//! Axes: their range, linear or logarithmic, and where their ticks stand.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::coord::types::RangedCoordf64;

/// Values along an axis, and how they are spread over it.
#[derive(Debug, Clone)]
pub(crate) struct Scale {
    range: Range<f64>,
    logarithmic: bool,
    /// Where ticks and grid lines stand; `None` leaves it to plotters.
    ticks: Option<Vec<f64>>,
}

impl Scale {
    pub(crate) fn linear(low: f64, high: f64) -> Self {
        Self {
            range: low..high,
            logarithmic: false,
            ticks: None,
        }
    }

    /// A logarithmic scale over the whole decades around `low` and `high`, both above 0, with a
    /// tick at each power of ten.
    pub(crate) fn decades(low: f64, high: f64) -> Self {
        let first = low.log10().floor() as i32;
        let last = (high.log10().ceil() as i32).max(first + 1);
        let ticks: Vec<f64> = (first..=last).map(|power| 10f64.powi(power)).collect();
        // A little more than the decades, so that rounding never loses the outermost ticks.
        let range = 10f64.powi(first) * 0.97..10f64.powi(last) * 1.03;
        Self {
            range,
            logarithmic: true,
            ticks: Some(ticks),
        }
    }

    /// A logarithmic scale from `low` to `high`, both above 0.
    pub(crate) fn logarithmic(low: f64, high: f64) -> Self {
        Self {
            range: low..high,
            logarithmic: true,
            ticks: None,
        }
    }

    #[must_use]
    pub(crate) fn with_ticks(mut self, ticks: Vec<f64>) -> Self {
        self.ticks = Some(ticks);
        self
    }
}

impl Scale {
    /// Whether there are steps between the ends that a float can take: plotters goes from tick to tick by adding, and
    /// would not come to an end.
    fn can_be_divided(&self) -> bool {
        let Range { start, end } = self.range;
        let span = end - start;
        span.is_finite() && span > 1e-9 * start.abs().max(end.abs())
    }
}

impl Ranged for Scale {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let place = |value: f64| if self.logarithmic { value.ln() } else { value };
        let (low, high) = (place(self.range.start), place(self.range.end));
        let share = (place(*value) - low) / (high - low);
        limit.0 + (f64::from(limit.1 - limit.0) * share).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match &self.ticks {
            _ if hint.weight().allow_light_points() => Vec::new(),
            Some(ticks) => ticks.clone(),
            None if !self.can_be_divided() => vec![self.range.start],
            None => RangedCoordf64::from(self.range.clone()).key_points(hint),
        }
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

/// What stands along an axis.
pub(crate) struct Axis<'a> {
    pub(crate) name: &'a str,
    pub(crate) scale: Scale,
    /// How the value of a tick is written.
    pub(crate) format: &'a dyn Fn(f64) -> String,
}

/// A number without trailing zeros: `0.25`, `3`, `12`.
pub(crate) fn plain(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".into()
    } else {
        text.into()
    }
}

/// `0.0001` as `1e-4`, `0` as `0`.
pub(crate) fn scientific(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let written = format!("{value:.1e}");
    written.replace(".0e", "e")
}

/// Whole numbers from `first` to `last`, at most `most` of them, evenly spaced.
pub(crate) fn whole_ticks(first: usize, last: usize, most: usize) -> Vec<f64> {
    let span = last - first;
    let mut steps = (0..=18).flat_map(|power| [1, 2, 5].map(|digit| digit * 10usize.pow(power)));
    let step = steps.find(|step| span / step < most).unwrap_or(usize::MAX);
    (first.div_ceil(step)..=last / step)
        .map(|tick| (tick * step) as f64)
        .collect()
}

#[cfg(test)]
mod tests {
    use plotters::coord::ranged1d::KeyPointWeight;

    use super::*;

    struct Hint;

    impl KeyPointHint for Hint {
        fn max_num_points(&self) -> usize {
            10
        }

        fn weight(&self) -> KeyPointWeight {
            KeyPointWeight::Bold
        }
    }

    #[test]
    fn numbers_are_written_plainly() {
        let written: Vec<String> = [0.0, -0.000_01, 0.25, 3.0, 120.0, 1e-3].map(plain).into();
        assert_eq!(written, ["0", "0", "0.25", "3", "120", "0.001"]);
    }

    #[test]
    fn small_numbers_are_written_with_a_power_of_ten() {
        let written: Vec<String> = [1e-4, 2.5e-3, 0.0, 1.0].map(scientific).into();
        assert_eq!(written, ["1e-4", "2.5e-3", "0", "1e0"]);
    }

    #[test]
    fn ticks_are_whole_even_and_few() {
        assert_eq!(whole_ticks(1, 4, 12), [1.0, 2.0, 3.0, 4.0]);
        let tens: Vec<f64> = (1..=10).map(|ten| f64::from(ten) * 10.0).collect();
        assert_eq!(whole_ticks(1, 100, 12), tens);
        assert_eq!(whole_ticks(7, 7, 12), [7.0]);
    }

    #[test]
    fn a_linear_scale_spreads_evenly() {
        let scale = Scale::linear(10.0, 20.0);
        assert_eq!(
            [10.0, 15.0, 20.0].map(|value| scale.map(&value, (0, 100))),
            [0, 50, 100]
        );
        assert_eq!(scale.map(&12.5, (100, 0)), 75);
        assert!(scale.key_points(Hint).len() >= 5);
    }

    #[test]
    fn no_range_keeps_its_ticks_from_coming_to_an_end() {
        for (low, high) in [
            (-1e308, 1e308),
            (1e15, 1e15 + 0.25),
            (1.0, 1.0),
            (0.0, f64::INFINITY),
            (5e-324, 1e-323),
        ] {
            let scale = Scale::linear(low, high);
            assert!(scale.key_points(Hint).len() <= 20, "{low} to {high}");
            scale.map(&high, (0, 100));
        }
    }

    #[test]
    fn decades_are_equally_high_and_all_have_ticks() {
        let scale = Scale::decades(3e-6, 1e-4);
        assert_eq!(scale.key_points(Hint).len(), 3);
        let places = [1e-6, 1e-5, 1e-4].map(|value| scale.map(&value, (0, 1000)));
        assert!(
            (places[2] - places[1]).abs_diff(places[1] - places[0]) <= 1,
            "{places:?}"
        );
        assert!(places[0] > 0 && places[2] < 1000, "{places:?}");
        assert_eq!(Scale::decades(1e-4, 1e-4).key_points(Hint).len(), 2);
    }
}
