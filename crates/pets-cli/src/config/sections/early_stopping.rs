//! `[early_stopping]`: which epoch is the best, and when to stop.

use pets::trainer::Monitor;

use crate::config::key::Need::On;
use crate::config::kind::{NOT_NEGATIVE, from};

section! {
    /// Which epoch is the best, and when to stop.
    EarlyStoppingSection: "early_stopping." {
        /// Stop when validation no longer improves.
        enabled: bool = true => { flag: Some("early-stopping") };
        /// Epochs without improvement before stopping.
        patience: usize = 3 => {
            flag: Some("early-stopping-patience"),
            kind: from(1),
            needs: Some(On("early_stopping.enabled")),
        };
        /// Change that counts as an improvement.
        delta: f64 = 1e-4 => {
            flag: Some("early-stopping-delta"),
            aliases: &["early-stopping-min-delta"],
            kind: NOT_NEGATIVE,
            needs: Some(On("early_stopping.enabled")),
        };
        /// What tells the best epoch.
        monitor: Monitor = Monitor::ValLoss;
    }
}
