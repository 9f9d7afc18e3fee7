//! Drawing one animal: pose, body, head and face, ears, coat and fur.

mod body;
mod coat;
mod ears;
mod eyes;
mod figure;
mod fur;
mod head;
mod marks;
mod muzzle;
mod pose;
mod posture;

pub(crate) use figure::{draw_animal, draw_whiskers, individual};
pub(crate) use pose::Pose;
