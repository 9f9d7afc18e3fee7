//! What the output of test runners tells.

/// What a test prints in place of what it cannot do on this machine.
const NOT_RUN: &str = "NOT RUN ";

/// The tests that failed, as cargo-nextest and libtest name them, in the order in which they are first named.
pub(crate) fn failed_tests(said: &str) -> Vec<String> {
    distinct(said.lines().filter_map(failed_test))
}

/// What tests say they could not run.
pub(crate) fn not_run(said: &str) -> Vec<String> {
    distinct(said.lines().filter_map(|line| {
        let (_, what) = line.split_once(NOT_RUN)?;
        Some(what.to_owned())
    }))
}

/// `FAIL [   0.1s] (3/7) crate::binary test` or `test name ... FAILED`.
fn failed_test(line: &str) -> Option<String> {
    if let Some(test) = line.strip_prefix("test ") {
        return test.strip_suffix(" ... FAILED").map(str::to_owned);
    }
    let (status, rest) = line.trim_start().split_once(" [")?;
    if !["FAIL", "TIMEOUT", "ABORT", "SIG"]
        .iter()
        .any(|word| status.starts_with(word))
    {
        return None;
    }
    let (_, test) = rest.split_once("] ")?;
    let test = match test.split_once(") ") {
        Some((position, test)) if position.starts_with('(') => test,
        _ => test,
    };
    Some(test.trim_start().to_owned())
}

fn distinct(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for line in lines {
        if !seen.contains(&line) {
            seen.push(line);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextest_names_a_failing_test_twice() {
        let said = "
        PASS [   0.004s] (1/3) pets-data::it sampler::covers
        FAIL [   0.005s] (2/3) pets-eval::it ranks::ties
  stderr ───
    thread 'ranks::ties' panicked at [left]: see crate::a FAILED
     SIGSEGV [   1.205s] (3/3) pets-viz atlas::tests::draws
────────────
     Summary [   1.234s] 3 tests run: 1 passed, 2 failed, 0 skipped
        FAIL [   0.005s] (2/3) pets-eval::it ranks::ties
     SIGSEGV [   1.205s] (3/3) pets-viz atlas::tests::draws
";
        assert_eq!(
            failed_tests(said),
            ["pets-eval::it ranks::ties", "pets-viz atlas::tests::draws"]
        );
    }

    #[test]
    fn older_nextests_do_not_count() {
        let said = "        FAIL [   0.005s] pets-eval::it ranks::ties\n     TIMEOUT [  60.005s] pets-eval::it slow\n";
        assert_eq!(
            failed_tests(said),
            ["pets-eval::it ranks::ties", "pets-eval::it slow"]
        );
    }

    #[test]
    fn libtest_says_failed() {
        let said = "test a::works ... ok\ntest b::breaks ... FAILED\ntest src/lib.rs - Tensor (line 3) ... FAILED\n";
        assert_eq!(
            failed_tests(said),
            ["b::breaks", "src/lib.rs - Tensor (line 3)"]
        );
    }

    #[test]
    fn a_test_says_what_it_could_not_run() {
        let said = "    NOT RUN with avx512, which this machine lacks\nNOT RUN with avx512, which this machine lacks\n";
        assert_eq!(not_run(said), ["with avx512, which this machine lacks"]);
        assert!(not_run("running 3 tests\n").is_empty());
    }
}
