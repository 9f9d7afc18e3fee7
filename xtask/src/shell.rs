//! Commands as people type them.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

/// The workspace's root, where every command runs.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A command line with its environment, printed as it can be copied into a shell.
#[derive(Debug, Clone)]
pub(crate) struct CommandLine {
    environment: Vec<(&'static str, String)>,
    words: Vec<String>,
}

impl CommandLine {
    /// A command without quotes or spaces inside its words.
    pub(crate) fn new(line: &'static str) -> Self {
        Self {
            environment: Vec::new(),
            words: Vec::new(),
        }
        .with_arguments(line)
    }

    /// Appends further words.
    pub(crate) fn with_arguments(mut self, words: &'static str) -> Self {
        self.words
            .extend(words.split_whitespace().map(str::to_owned));
        self
    }

    /// Appends a path as it is.
    pub(crate) fn with_word(mut self, path: &Path) -> Self {
        self.words.push(path.display().to_string());
        self
    }

    /// Appends a number, or a name without spaces.
    pub(crate) fn with_value(mut self, value: impl fmt::Display) -> Self {
        self.words.push(value.to_string());
        self
    }

    /// Appends a flag and the path behind it.
    pub(crate) fn with_path(self, flag: &'static str, path: &Path) -> Self {
        self.with_arguments(flag).with_word(path)
    }

    /// Adds a variable to the environment.
    pub(crate) fn with_env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// Prints the command, then runs it.
    pub(crate) fn run_and_say(&self) -> Result<()> {
        eprintln!("$ {self}");
        self.run()
    }

    /// Runs the command in the workspace's root; an exit code other than 0 is an error.
    pub(crate) fn run(&self) -> Result<()> {
        let status = self
            .command()
            .status()
            .with_context(|| format!("cannot run `{self}`"))?;
        self.demand_success(status)
    }

    /// As [`run`](Self::run); also appends what the command prints to `said`, stdout before stderr.
    pub(crate) fn run_and_note(&self, said: &mut String) -> Result<()> {
        let mut child = self
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run `{self}`"))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let texts = thread::scope(|scope| {
            let errors = scope.spawn(|| stderr.map(|stream| pass_on(stream, io::stderr())));
            let text = stdout.map(|stream| pass_on(stream, io::stdout()));
            [text, errors.join().unwrap_or_default()]
        });
        for text in texts.into_iter().flatten() {
            said.push_str(&text?);
        }
        self.demand_success(child.wait()?)
    }

    fn demand_success(&self, status: ExitStatus) -> Result<()> {
        if !status.success() {
            bail!("`{self}` failed ({status})");
        }
        Ok(())
    }

    /// What the command prints to stdout; an exit code other than 0 is an error.
    pub(crate) fn output(&self) -> Result<String> {
        let output = self
            .command()
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot run `{self}`"))?;
        self.demand_success(output.status)?;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Whether the command runs and succeeds; its output is dropped.
    pub(crate) fn succeeds(&self) -> bool {
        self.command()
            .output()
            .is_ok_and(|output| output.status.success())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command
            .args(&self.words[1..])
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(root());
        command
    }
}

/// Copies lines as they come; gives all of them.
fn pass_on(from: impl Read, mut to: impl Write) -> io::Result<String> {
    let mut from = BufReader::new(from);
    let mut text = String::new();
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        text.push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(text)
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.environment {
            write!(f, "{name}=\"{value}\" ")?;
        }
        f.write_str(&self.words.join(" "))
    }
}
