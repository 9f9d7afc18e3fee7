//! Pictures: size, contents, and refusal of input that cannot be drawn.

mod charts;
mod classes;
mod pixels;
mod saving;
mod scatter;
mod sheets;
mod themes;
