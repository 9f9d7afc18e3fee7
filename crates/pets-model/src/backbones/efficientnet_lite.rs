//! EfficientNet-Lite0: mobile inverted bottlenecks with ReLU6 and no squeeze-and-excitation.
//!
//! Tan & Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019;
//! the Lite variants are Google's, 2020. Padding is TensorFlow's asymmetric `SAME`, the epsilon of
//! batch norm 1e-3, its momentum 0.01.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Initializer, PaddingConfig2d};
use burn::tensor::{Device, Tensor};
use pets_kernels::Activation::{Identity, Relu6};

use crate::backbones::conv_norm::conv_norm;
use crate::backbones::description::{
    BackboneDescription, BundledWeights, InputNormalization, PretrainedWeights, WeightsSource,
};
use crate::backbones::staged_network::StagedNetwork;

/// EfficientNet-Lite0.
pub(crate) const LITE0: BackboneDescription = BackboneDescription {
    name: "efficientnet_lite0",
    feature_dim: FEATURE_DIM,
    normalization: InputNormalization {
        mean: [127.0 / 255.0; 3],
        std: [128.0 / 255.0; 3],
    },
    pretrained: &[PretrainedWeights {
        name: "imagenet1k_v1",
        source: WeightsSource::Bundled(IMAGENET),
    }],
    training_bytes: &[994, 897, 842, 398, 232, 147, 145, 145, 145, 145],
    classifier: "_fc",
    from_torch_name,
    to_torch_name,
};

/// Apache-2.0; see `assets/weights/README.md`.
const IMAGENET: BundledWeights = BundledWeights {
    #[cfg(feature = "bundled-weights")]
    file: Some(include_bytes!(
        "../../assets/weights/efficientnet_lite0_in1k_f16.safetensors"
    )),
    #[cfg(not(feature = "bundled-weights"))]
    file: None,
};

/// Channels before the global average pooling.
const FEATURE_DIM: usize = 1280;

/// The stages in order: the stem, the seven block groups, the 1×1 convolution at the end.
const STAGES: &[&str] = &[
    "stem",
    "stage1",
    "stage2",
    "stage3",
    "stage4",
    "stage5",
    "stage6",
    "stage7",
    "conv_head",
];

const STEM_CHANNELS: usize = 32;

/// A group of equal blocks; the stride is its first block's.
struct BlockGroup {
    repeat: usize,
    kernel: usize,
    stride: usize,
    expansion: usize,
    channels: usize,
}

const fn group(
    repeat: usize,
    kernel: usize,
    stride: usize,
    expansion: usize,
    channels: usize,
) -> BlockGroup {
    BlockGroup {
        repeat,
        kernel,
        stride,
        expansion,
        channels,
    }
}

const GROUPS: [BlockGroup; 7] = [
    group(1, 3, 1, 1, 16),
    group(2, 3, 2, 6, 24),
    group(2, 5, 2, 6, 40),
    group(3, 3, 2, 6, 80),
    group(3, 5, 1, 6, 112),
    group(4, 5, 2, 6, 192),
    group(1, 3, 1, 6, 320),
];

/// EfficientNet-Lite0 up to, and without, the global average pooling.
#[derive(Module, Debug)]
pub struct EfficientnetLite {
    conv_stem: Conv2d,
    bn0: BatchNorm,
    blocks: Vec<InvertedBottleneck>,
    conv_head: Conv2d,
    bn1: BatchNorm,
}

impl EfficientnetLite {
    /// An EfficientNet-Lite0 with random weights.
    pub(super) fn lite0(device: &Device) -> Self {
        let mut channels_in = STEM_CHANNELS;
        let mut blocks = Vec::new();
        for group in &GROUPS {
            for repeat in 0..group.repeat {
                let stride = if repeat == 0 { group.stride } else { 1 };
                blocks.push(InvertedBottleneck::new(channels_in, group, stride, device));
                channels_in = group.channels;
            }
        }
        Self {
            conv_stem: convolution(3, STEM_CHANNELS, 3, 2, 1, device),
            bn0: norm(STEM_CHANNELS, device),
            blocks,
            conv_head: convolution(channels_in, FEATURE_DIM, 1, 1, 1, device),
            bn1: norm(FEATURE_DIM, device),
        }
    }
}

impl StagedNetwork for EfficientnetLite {
    const STAGES: &'static [&'static str] = STAGES;

    fn forward_stage(&self, stage: usize, x: Tensor<4>) -> Tensor<4> {
        match stage {
            0 => conv_norm(&self.conv_stem, &self.bn0, x, None, Relu6),
            1..=7 => self.blocks[block_range(stage)]
                .iter()
                .fold(x, |x, block| block.forward(x)),
            8 => conv_norm(&self.conv_head, &self.bn1, x, None, Relu6),
            _ => unreachable!("EfficientNet-Lite0 has {} stages", STAGES.len()),
        }
    }

    fn freeze_stages(mut self, stages: usize) -> Self {
        if stages > 0 {
            self.conv_stem = self.conv_stem.freeze();
            self.bn0 = self.bn0.freeze();
        }
        let frozen_blocks = if stages < 2 {
            0
        } else {
            block_range((stages - 1).min(7)).end
        };
        self.blocks = self
            .blocks
            .into_iter()
            .enumerate()
            .map(|(index, block)| {
                if index < frozen_blocks {
                    block.freeze()
                } else {
                    block
                }
            })
            .collect();
        if stages == STAGES.len() {
            self.conv_head = self.conv_head.freeze();
            self.bn1 = self.bn1.freeze();
        }
        self
    }
}

/// The blocks of a stage from 1 to 7.
fn block_range(stage: usize) -> std::ops::Range<usize> {
    let before = |stage: usize| {
        GROUPS[..stage]
            .iter()
            .map(|group| group.repeat)
            .sum::<usize>()
    };
    before(stage - 1)..before(stage)
}

/// Our name of a tensor of the reference implementation, whose names carry a leading underscore.
fn from_torch_name(name: &str) -> String {
    name.split('.')
        .map(|part| part.strip_prefix('_').unwrap_or(part))
        .collect::<Vec<_>>()
        .join(".")
}

/// The reference implementation's name of a tensor that we call `name`.
fn to_torch_name(name: &str) -> String {
    const PARAMETERS: [&str; 5] = [
        "weight",
        "bias",
        "running_mean",
        "running_var",
        "num_batches_tracked",
    ];
    name.split('.')
        .map(|part| {
            if PARAMETERS.contains(&part) || part.bytes().all(|byte| byte.is_ascii_digit()) {
                part.to_owned()
            } else {
                format!("_{part}")
            }
        })
        .collect::<Vec<_>>()
        .join(".")
}

/// Expand 1×1, depthwise k×k, project 1×1; with the input added where the shapes agree.
#[derive(Module, Debug)]
struct InvertedBottleneck {
    expand_conv: Option<Conv2d>,
    bn0: Option<BatchNorm>,
    depthwise_conv: Conv2d,
    bn1: BatchNorm,
    project_conv: Conv2d,
    bn2: BatchNorm,
    residual: bool,
}

impl InvertedBottleneck {
    fn new(channels_in: usize, group: &BlockGroup, stride: usize, device: &Device) -> Self {
        let width = channels_in * group.expansion;
        let expands = group.expansion > 1;
        Self {
            expand_conv: expands.then(|| convolution(channels_in, width, 1, 1, 1, device)),
            bn0: expands.then(|| norm(width, device)),
            depthwise_conv: convolution(width, width, group.kernel, stride, width, device),
            bn1: norm(width, device),
            project_conv: convolution(width, group.channels, 1, 1, 1, device),
            bn2: norm(group.channels, device),
            residual: stride == 1 && channels_in == group.channels,
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let x = match (&self.expand_conv, &self.bn0) {
            (Some(conv), Some(bn)) => conv_norm(conv, bn, input.clone(), None, Relu6),
            _ => input.clone(),
        };
        let x = conv_norm(&self.depthwise_conv, &self.bn1, x, None, Relu6);
        let residual = self.residual.then_some(input);
        conv_norm(&self.project_conv, &self.bn2, x, residual, Identity)
    }
}

fn norm(channels: usize, device: &Device) -> BatchNorm {
    BatchNormConfig::new(channels)
        .with_epsilon(1e-3)
        .with_momentum(0.01)
        .init(device)
}

fn convolution(
    channels_in: usize,
    channels_out: usize,
    kernel: usize,
    stride: usize,
    groups: usize,
    device: &Device,
) -> Conv2d {
    Conv2dConfig::new([channels_in, channels_out], [kernel, kernel])
        .with_stride([stride, stride])
        .with_groups(groups)
        .with_padding(PaddingConfig2d::Same)
        .with_bias(false)
        .with_initializer(Initializer::KaimingNormal {
            gain: std::f64::consts::SQRT_2,
            fan_out_only: true,
        })
        .init(device)
}
