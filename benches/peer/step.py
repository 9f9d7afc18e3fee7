"""Times a training step and inference of a backbone in PyTorch: the peer of `crates/pets-train/examples/step.rs`.

    pip install torch torchvision
    python benches/peer/step.py resnet18 16 224 [REPEATS]

The training step is forward, mean of the output as the loss, backward, Adam.
"""

import sys

import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from measurement import measure

LITE0_GROUPS = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]


class SameConv2d(nn.Conv2d):
    """A convolution with TensorFlow's asymmetric `SAME` padding."""

    def forward(self, x):
        padding = []
        for size, width, stride in zip(reversed(x.shape[2:]), reversed(self.kernel_size), reversed(self.stride)):
            total = max((-(-size // stride) - 1) * stride + width - size, 0)
            padding += [total // 2, total - total // 2]
        return super().forward(F.pad(x, padding) if any(padding) else x)


def unit(channels_in, channels_out, kernel, stride=1, groups=1, activation=True):
    layers = [
        SameConv2d(channels_in, channels_out, kernel, stride, groups=groups, bias=False),
        nn.BatchNorm2d(channels_out, eps=1e-3, momentum=0.01),
    ]
    return nn.Sequential(*layers, *([nn.ReLU6(inplace=True)] if activation else []))


class InvertedBottleneck(nn.Module):
    def __init__(self, channels_in, channels_out, kernel, stride, expansion):
        super().__init__()
        width = channels_in * expansion
        self.layers = nn.Sequential(
            *([unit(channels_in, width, 1)] if expansion > 1 else []),
            unit(width, width, kernel, stride, groups=width),
            unit(width, channels_out, 1, activation=False),
        )
        self.residual = stride == 1 and channels_in == channels_out

    def forward(self, x):
        return self.layers(x) + x if self.residual else self.layers(x)


def efficientnet_lite0():
    layers, channels = [unit(3, 32, 3, 2)], 32
    for repeat, kernel, stride, expansion, channels_out in LITE0_GROUPS:
        for position in range(repeat):
            layers.append(InvertedBottleneck(channels, channels_out, kernel, stride if position == 0 else 1, expansion))
            channels = channels_out
    return nn.Sequential(*layers, unit(channels, 1280, 1))


def backbone(name):
    if name == "efficientnet_lite0":
        return efficientnet_lite0()
    return nn.Sequential(*list(getattr(torchvision.models, name)().children())[:-2])


def main():
    name, *numbers = sys.argv[1:]
    batch, size, repeats = (int(number) for number in numbers + ["5"][: 3 - len(numbers)])
    torch.manual_seed(0)
    model = nn.Sequential(backbone(name), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    images = torch.rand(batch, 3, size, size) - 0.5

    @torch.inference_mode()
    def inference():
        model(images)

    model.eval()
    measure(f"{name}, inference, batch {batch}, {size} px", batch, repeats, inference)

    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def training_step():
        optimizer.zero_grad()
        model(images).mean().backward()
        optimizer.step()

    model.train()
    measure(f"{name}, training step, batch {batch}, {size} px", batch, repeats, training_step)


if __name__ == "__main__":
    main()
