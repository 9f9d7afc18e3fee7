//! `cargo xtask fuzz`: damaged files for every reader, many of them.

use anyhow::{Result, bail};

use crate::features::WORKSPACE;
use crate::shell::CommandLine;

/// Shows the targets about `inputs` damaged files, all together.
pub(crate) fn run(inputs: u64, seed: u64) -> Result<()> {
    let tests = || CommandLine::new("cargo test --lib --bins --tests").with_arguments(WORKSPACE);
    let listed = tests().with_arguments("-- fuzz_ --list").output()?;
    let targets = count_targets(&listed);
    if targets == 0 {
        bail!("no test is called fuzz_…");
    }
    let each = inputs.div_ceil(targets);
    println!("{targets} targets, {each} inputs each");
    tests()
        .with_env("PETS_FUZZ_INPUTS", each.to_string())
        .with_env("PETS_FUZZ_SEED", seed.to_string())
        .with_arguments("--no-fail-fast -- fuzz_ --nocapture")
        .run_and_say()
}

/// The lines of a list of tests that name a target: `module::fuzz_NAME: test`.
fn count_targets(listed: &str) -> u64 {
    let is_target = |line: &&str| {
        line.strip_suffix(": test")
            .and_then(|path| path.rsplit("::").next())
            .is_some_and(|name| name.starts_with("fuzz_"))
    };
    listed.lines().filter(is_target).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_the_tests_called_so() {
        let listed = "fuzz_png: test\nconfig::fuzz::fuzz_all: test\nconfig::fuzz::helper: test\n\n2 tests, 0 benchmarks\n";
        assert_eq!(count_targets(listed), 2);
    }
}
