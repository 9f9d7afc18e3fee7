//! Whether training fits into the memory that there is.

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// Says how much memory training takes, and what to do where that is more than there is.
pub(crate) fn tell(needed: u64) {
    say!("{}", in_words(needed, available()));
}

fn in_words(needed: u64, available: u64) -> String {
    let words = format!(
        "training takes about {} of memory, {} are free",
        gibibytes(needed),
        gibibytes(available)
    );
    if needed <= available {
        return words;
    }
    format!(
        "warning: {words}: the system may end it. Less takes a smaller --batch-size (--accumulation makes up for it), \
         a smaller --img-size, or --freeze with the name of a later stage"
    )
}

/// Memory that a process may take, in bytes: what is free, within the limit of its control group.
fn available() -> u64 {
    let ram = MemoryRefreshKind::nothing().with_ram();
    let system = System::new_with_specifics(RefreshKind::nothing().with_memory(ram));
    let limit = system.cgroup_limits().map(|limits| limits.free_memory);
    let free = system.available_memory();
    limit.map_or(free, |limit| limit.min(free))
}

fn gibibytes(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / f64::from(1 << 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_a_warning_with_ways_out() {
        let gib = 1 << 30;
        assert_eq!(
            in_words(3 * gib / 2, 4 * gib),
            "training takes about 1.5 GiB of memory, 4.0 GiB are free"
        );
        let warning = in_words(16 * gib, 4 * gib);
        assert!(warning.starts_with("warning: training takes about 16.0 GiB"));
        assert!(warning.contains("--batch-size"), "{warning}");
    }

    #[test]
    fn there_is_some_memory() {
        assert!(available() > 0);
    }
}
