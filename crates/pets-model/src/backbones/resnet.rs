//! Residual networks with torchvision's structure and tensor names.
//!
//! He et al., *Deep Residual Learning for Image Recognition*, CVPR 2016. As in torchvision, the
//! stride of a bottleneck sits on its 3×3 convolution ("ResNet V1.5").

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Initializer, PaddingConfig2d};
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Device, Tensor};
use pets_kernels::Activation::{Identity, Relu};
use pets_kernels::max_pool2d;

use crate::backbones::conv_norm::conv_norm;
use crate::backbones::description::{
    BackboneDescription, InputNormalization, PretrainedWeights, WeightsSource,
};
use crate::backbones::staged_network::StagedNetwork;

const STAGES: &[&str] = &["stem", "layer1", "layer2", "layer3", "layer4"];

/// ResNet-18.
pub(crate) const RESNET18: BackboneDescription = resnet(
    "resnet18",
    BASIC_18,
    &[355, 233, 110, 80, 80, 80],
    &[published("imagenet1k_v1", "resnet18-f37072fd.pth")],
);

/// ResNet-34.
pub(crate) const RESNET34: BackboneDescription = resnet(
    "resnet34",
    BASIC_34,
    &[500, 370, 220, 110, 80, 80],
    &[published("imagenet1k_v1", "resnet34-b627a593.pth")],
);

/// ResNet-50.
pub(crate) const RESNET50: BackboneDescription = resnet(
    "resnet50",
    BOTTLENECK_50,
    &[1514, 1348, 850, 420, 200, 80],
    &[
        published("imagenet1k_v2", "resnet50-11ad3fa6.pth"),
        published("imagenet1k_v1", "resnet50-0676ba61.pth"),
    ],
);

const fn resnet(
    name: &'static str,
    structure: Structure,
    training_bytes: &'static [u32],
    pretrained: &'static [PretrainedWeights],
) -> BackboneDescription {
    BackboneDescription {
        name,
        feature_dim: structure.feature_dim(),
        normalization: InputNormalization::IMAGENET,
        pretrained,
        training_bytes,
        classifier: "fc",
        from_torch_name,
        to_torch_name,
    }
}

const fn published(name: &'static str, file: &'static str) -> PretrainedWeights {
    PretrainedWeights {
        name,
        source: WeightsSource::Published { file },
    }
}

const BASIC_18: Structure = Structure {
    blocks: [2, 2, 2, 2],
    bottleneck: false,
};
const BASIC_34: Structure = Structure {
    blocks: [3, 4, 6, 3],
    bottleneck: false,
};
const BOTTLENECK_50: Structure = Structure {
    blocks: [3, 4, 6, 3],
    bottleneck: true,
};

/// What tells one ResNet from another.
#[derive(Debug, Clone, Copy)]
struct Structure {
    /// Residual blocks in layer1 to layer4.
    blocks: [usize; 4],
    /// Whether a block is a bottleneck (1×1, 3×3, 1×1, four times as wide at its end).
    bottleneck: bool,
}

impl Structure {
    const fn expansion(self) -> usize {
        if self.bottleneck { 4 } else { 1 }
    }

    /// Channels after layer4.
    const fn feature_dim(self) -> usize {
        512 * self.expansion()
    }
}

/// A residual network up to, and without, the global average pooling.
#[derive(Module, Debug)]
pub struct Resnet {
    conv1: Conv2d,
    bn1: BatchNorm,
    layer1: Vec<ResidualBlock>,
    layer2: Vec<ResidualBlock>,
    layer3: Vec<ResidualBlock>,
    layer4: Vec<ResidualBlock>,
}

impl Resnet {
    /// A ResNet-18 with random weights.
    pub(super) fn resnet18(device: &Device) -> Self {
        Self::new(BASIC_18, device)
    }

    /// A ResNet-34 with random weights.
    pub(super) fn resnet34(device: &Device) -> Self {
        Self::new(BASIC_34, device)
    }

    /// A ResNet-50 with random weights.
    pub(super) fn resnet50(device: &Device) -> Self {
        Self::new(BOTTLENECK_50, device)
    }

    fn new(structure: Structure, device: &Device) -> Self {
        let layer = |index: usize| {
            let width = 64 << index;
            let channels_in = if index == 0 {
                64
            } else {
                width / 2 * structure.expansion()
            };
            let stride = if index == 0 { 1 } else { 2 };
            residual_layer(structure, channels_in, width, index, stride, device)
        };
        Self {
            conv1: convolution(3, 64, 7, 2, device),
            bn1: BatchNormConfig::new(64).init(device),
            layer1: layer(0),
            layer2: layer(1),
            layer3: layer(2),
            layer4: layer(3),
        }
    }
}

impl StagedNetwork for Resnet {
    const STAGES: &'static [&'static str] = STAGES;

    fn forward_stage(&self, stage: usize, x: Tensor<4>) -> Tensor<4> {
        let blocks = match stage {
            0 => {
                let x = conv_norm(&self.conv1, &self.bn1, x, None, Relu);
                let window = MaxPoolOptions::new([3, 3]);
                return max_pool2d(x, window.with_stride([2, 2]).with_padding([1, 1]));
            }
            1 => &self.layer1,
            2 => &self.layer2,
            3 => &self.layer3,
            4 => &self.layer4,
            _ => unreachable!("a ResNet has {} stages", STAGES.len()),
        };
        blocks.iter().fold(x, |x, block| block.forward(x))
    }

    fn freeze_stages(mut self, stages: usize) -> Self {
        if stages > 0 {
            self.conv1 = self.conv1.freeze();
            self.bn1 = self.bn1.freeze();
        }
        if stages > 1 {
            self.layer1 = self.layer1.freeze();
        }
        if stages > 2 {
            self.layer2 = self.layer2.freeze();
        }
        if stages > 3 {
            self.layer3 = self.layer3.freeze();
        }
        if stages > 4 {
            self.layer4 = self.layer4.freeze();
        }
        self
    }
}

/// Our name of a tensor that torchvision calls `name`.
fn from_torch_name(name: &str) -> String {
    name.replace("downsample.0.", "downsample.conv.")
        .replace("downsample.1.", "downsample.bn.")
}

/// torchvision's name of a tensor that we call `name`.
fn to_torch_name(name: &str) -> String {
    name.replace("downsample.conv.", "downsample.0.")
        .replace("downsample.bn.", "downsample.1.")
}

/// A basic block (two 3×3 convolutions) or, with a third convolution, a bottleneck.
#[derive(Module, Debug)]
struct ResidualBlock {
    conv1: Conv2d,
    bn1: BatchNorm,
    conv2: Conv2d,
    bn2: BatchNorm,
    conv3: Option<Conv2d>,
    bn3: Option<BatchNorm>,
    downsample: Option<Downsample>,
}

impl ResidualBlock {
    fn new(
        structure: Structure,
        channels_in: usize,
        width: usize,
        stride: usize,
        device: &Device,
    ) -> Self {
        let channels_out = width * structure.expansion();
        let norm = |channels| BatchNormConfig::new(channels).init(device);
        let (kernel1, stride1, stride2) = if structure.bottleneck {
            (1, 1, stride)
        } else {
            (3, stride, 1)
        };
        Self {
            conv1: convolution(channels_in, width, kernel1, stride1, device),
            bn1: norm(width),
            conv2: convolution(width, width, 3, stride2, device),
            bn2: norm(width),
            conv3: structure
                .bottleneck
                .then(|| convolution(width, channels_out, 1, 1, device)),
            bn3: structure.bottleneck.then(|| norm(channels_out)),
            downsample: (stride != 1 || channels_in != channels_out).then(|| Downsample {
                conv: convolution(channels_in, channels_out, 1, stride, device),
                bn: norm(channels_out),
            }),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let identity = match &self.downsample {
            Some(Downsample { conv, bn }) => conv_norm(conv, bn, x.clone(), None, Identity),
            None => x.clone(),
        };
        let x = conv_norm(&self.conv1, &self.bn1, x, None, Relu);
        match (&self.conv3, &self.bn3) {
            (Some(conv3), Some(bn3)) => {
                let x = conv_norm(&self.conv2, &self.bn2, x, None, Relu);
                conv_norm(conv3, bn3, x, Some(identity), Relu)
            }
            _ => conv_norm(&self.conv2, &self.bn2, x, Some(identity), Relu),
        }
    }
}

/// The projection of a block's input to the shape of its output.
#[derive(Module, Debug)]
struct Downsample {
    conv: Conv2d,
    bn: BatchNorm,
}

fn residual_layer(
    structure: Structure,
    channels_in: usize,
    width: usize,
    index: usize,
    stride: usize,
    device: &Device,
) -> Vec<ResidualBlock> {
    (0..structure.blocks[index])
        .map(|block| {
            let (channels, stride) = if block == 0 {
                (channels_in, stride)
            } else {
                (width * structure.expansion(), 1)
            };
            ResidualBlock::new(structure, channels, width, stride, device)
        })
        .collect()
}

/// A convolution without bias, padded to keep the size at stride 1, initialised as torchvision
/// does (He normal over the fan-out).
fn convolution(
    channels_in: usize,
    channels_out: usize,
    kernel: usize,
    stride: usize,
    device: &Device,
) -> Conv2d {
    let padding = kernel / 2;
    Conv2dConfig::new([channels_in, channels_out], [kernel, kernel])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(
            padding, padding, padding, padding,
        ))
        .with_bias(false)
        .with_initializer(Initializer::KaimingNormal {
            gain: std::f64::consts::SQRT_2,
            fan_out_only: true,
        })
        .init(device)
}
