//! Every backbone: a family of networks, and the members of it by name.

use std::ops::Range;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use crate::backbones::description::BackboneDescription;
use crate::backbones::efficientnet_lite::{self, EfficientnetLite};
use crate::backbones::resnet::{self, Resnet};
use crate::backbones::staged_network::StagedNetwork;

macro_rules! registry {
    ($(
        $(#[$family_doc:meta])*
        $family:ident { $($(#[$member_doc:meta])* $member:ident = $description:expr, $init:expr;)+ }
    )+) => {
        /// A backbone by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(into = "&'static str", try_from = "String")]
        pub enum Architecture {
            $($($(#[$member_doc])* $member,)+)+
        }

        impl Architecture {
            /// Every backbone, in the order shown to users.
            pub const ALL: &'static [Self] = &[$($(Self::$member,)+)+];

            /// The names of [`Architecture::ALL`].
            pub const NAMES: &'static [&'static str] = &[$($($description.name,)+)+];

            /// Names of the stages in the order in which an image passes them.
            pub const fn stages(self) -> &'static [&'static str] {
                match self {
                    $($(Self::$member)|+ => $family::STAGES,)+
                }
            }

            /// A freshly initialised backbone on `device`.
            pub fn init(self, device: &Device) -> Backbone {
                match self {
                    $($(Self::$member => Backbone::$family($init(device)),)+)+
                }
            }

            pub(crate) const fn description(self) -> &'static BackboneDescription {
                match self {
                    $($(Self::$member => &$description,)+)+
                }
            }
        }

        /// A convolutional backbone: a picture passes its stages in order, then global average pooling.
        ///
        /// Make one with [`Architecture::init`].
        #[derive(Module, Debug)]
        #[allow(
            clippy::large_enum_variant,
            reason = "a program holds a handful of models, and a box would change tensor paths"
        )]
        pub enum Backbone {
            $($(#[$family_doc])* $family($family),)+
        }

        impl Backbone {
            /// Runs the stages of `range` (indices into [`Architecture::stages`]).
            ///
            /// # Shapes
            ///
            /// - `x`: the output of stage `range.start - 1`, or images `[batch, 3, height, width]`
            /// - output: `[batch, channels, height', width']`
            pub fn forward_stages(&self, x: Tensor<4>, range: Range<usize>) -> Tensor<4> {
                range.fold(x, |x, stage| match self {
                    $(Self::$family(network) => network.forward_stage(stage, x),)+
                })
            }

            /// Freezes the first `stages` stages: no gradients, batch norm in evaluation mode.
            #[must_use]
            pub fn freeze_stages(self, stages: usize) -> Self {
                match self {
                    $(Self::$family(network) => Self::$family(network.freeze_stages(stages)),)+
                }
            }

            pub(crate) const fn num_stages(&self) -> usize {
                match self {
                    $(Self::$family(_) => $family::STAGES.len(),)+
                }
            }
        }
    };
}

registry! {
    /// A residual network.
    Resnet {
        /// ResNet-18: 11.2 M parameters, 512 features.
        Resnet18 = resnet::RESNET18, Resnet::resnet18;
        /// ResNet-34: 21.3 M parameters, 512 features.
        Resnet34 = resnet::RESNET34, Resnet::resnet34;
        /// ResNet-50: 23.5 M parameters, 2048 features.
        Resnet50 = resnet::RESNET50, Resnet::resnet50;
    }
    /// An EfficientNet-Lite.
    EfficientnetLite {
        /// EfficientNet-Lite0: 3.4 M parameters, 1280 features; its ImageNet weights are bundled.
        EfficientnetLite0 = efficientnet_lite::LITE0, EfficientnetLite::lite0;
    }
}
