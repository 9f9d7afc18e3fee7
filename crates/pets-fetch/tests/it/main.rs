//! The crate's behaviour from outside: downloads from a server that behaves badly, archives good and bad.

mod download;
mod server;
mod unpack;
