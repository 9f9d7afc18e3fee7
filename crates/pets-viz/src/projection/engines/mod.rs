//! Who computes the maps. An engine that this build was made without says so when it is called.

#[cfg(feature = "linfa")]
pub(super) mod linfa;
#[cfg(not(feature = "linfa"))]
#[path = "linfa_left_out.rs"]
pub(super) mod linfa;
#[cfg(feature = "projections")]
pub(super) mod manifolds;
#[cfg(not(feature = "projections"))]
#[path = "manifolds_left_out.rs"]
pub(super) mod manifolds;
