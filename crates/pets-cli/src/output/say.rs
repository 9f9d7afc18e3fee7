//! Words to people that nothing depends on.

/// Prints a line to stderr. Where that fails, because the log is on a full disk or its reader is gone, the work goes on.
macro_rules! say {
    ($($argument:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($argument)*);
    }};
}
