//! The backbones, what is known of each by its name, and the blocks they are made of.

pub(crate) mod architecture;
pub(crate) mod conv_norm;
pub(crate) mod description;
pub(crate) mod efficientnet_lite;
pub(crate) mod registry;
pub(crate) mod resnet;
pub(crate) mod staged_network;
