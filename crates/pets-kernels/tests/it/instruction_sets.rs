//! All tests once more with each set of instructions.

use std::process::Command;

use pets_kernels::InstructionSet;

/// Runs tests of this program with these instructions: what they print.
fn run_with(set: InstructionSet, arguments: &[&str]) -> String {
    let program = std::env::current_exe().expect("the running program has a path");
    let output = Command::new(program)
        .args(arguments)
        .env("PETS_KERNELS", set.name())
        .output()
        .expect("the running program can be started");
    let [said, errors] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{}:\n{said}{errors}", set.name());
    assert!(!said.contains(" 0 passed"), "no test ran:\n{said}");
    said
}

fn is_available(set: InstructionSet) -> bool {
    if !set.is_available() {
        println!(
            "NOT RUN with {}, which this machine lacks: the kernels",
            set.name()
        );
    }
    set.is_available()
}

fn run_all_with(set: InstructionSet) {
    if is_available(set) {
        run_with(set, &["--skip", "instruction_sets::"]);
    }
}

#[test]
fn scalar() {
    run_all_with(InstructionSet::Scalar);
}

#[test]
fn avx2() {
    run_all_with(InstructionSet::Avx2);
}

#[test]
fn avx512() {
    run_all_with(InstructionSet::Avx512);
}

#[test]
fn emulated_avx512() {
    run_all_with(InstructionSet::EmulatedAvx512);
}

#[test]
fn emulated_vectors_give_the_same_bits() {
    if is_available(InstructionSet::Avx512) {
        let sums = [InstructionSet::Avx512, InstructionSet::EmulatedAvx512].map(|set| {
            let said = run_with(set, &["--nocapture", "threads::"]);
            let lines = said.lines().filter(|line| line.contains("bits"));
            lines.map(str::to_owned).collect::<Vec<_>>()
        });
        assert!(!sums[0].is_empty());
        assert_eq!(sums[0], sums[1]);
    }
}

#[test]
fn the_chosen_instructions_are_there() {
    if let Err(error) = InstructionSet::chosen() {
        panic!("{error}");
    }
}
