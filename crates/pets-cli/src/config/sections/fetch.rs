//! `[fetch]`: how long to put up with a network.

use crate::config::key::InModel::Absent;
use crate::config::key::OnResume::Free;
use crate::config::key::Topic::Network;
use crate::config::kind::Kind::Int;

section! {
    /// How long to put up with a network.
    FetchSection: "fetch." => { in_model: Absent, on_resume: Free, topic: Network } {
        /// Bytes a second, over half a minute, below which a connection counts as lost; 0 for any.
        least_rate: u64 = 1024 => { flag: Some("fetch-least-rate"), kind: Int(0, 1 << 30) };
        /// Minutes after which a fetch is given up, however far it is; the next goes on from there.
        deadline_minutes: u64 = 360 => { flag: Some("fetch-deadline-minutes"), kind: Int(1, 1 << 20) };
    }
}
