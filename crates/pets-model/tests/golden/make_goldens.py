"""Writes the reference values in this folder, with PyTorch and torchvision.

    pip install torch torchvision safetensors
    python crates/pets-model/tests/golden/make_goldens.py

Weights and inputs follow the formula of `resnet_forward.json`:

    wave(i, t) = 2 * frac(43758.5453 * sin(12.9898 * i + 78.233 * t + phase)) - 1

with t a tensor's position in its state dict (without `num_batches_tracked`) and i the index into it.
"""

import collections
import io
import json
import os
import pathlib
import subprocess
import sys
import zipfile

import numpy as np
import torch
import torchvision
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent
ASSETS = HERE.parents[1] / "assets" / "weights"
PHASE = 0.5
STEP_SHAPE = (2, 3, 32, 32)
STEP_LAYERS = ("bn1.", "layer1.1.bn2.", "layer2.1.bn2.", "layer3.1.bn2.", "layer4.1.bn2.")


def wave(count, position):
    index = np.arange(count, dtype=np.float64)
    value = 43758.5453 * np.sin(12.9898 * index + 78.233 * position + PHASE)
    return 2 * (value - np.floor(value)) - 1


def formula_tensor(name, shape, position):
    values = wave(int(np.prod(shape)), position)
    if len(shape) > 1:
        values *= np.sqrt(2 / np.prod(shape[1:]))
    elif name.endswith(("weight", "running_var")):
        values = 1 + 0.1 * values
    else:
        values = 0.1 * values
    return torch.tensor(values, dtype=torch.float32).reshape(shape)


def formula_state(module):
    """A state dict by the formula; counters of batches stay as they are."""
    state = collections.OrderedDict()
    position = 0
    for name, tensor in module.state_dict().items():
        if name.endswith("num_batches_tracked"):
            state[name] = tensor
        else:
            state[name] = formula_tensor(name, tuple(tensor.shape), position)
            position += 1
    return state


def formula_input(*shape):
    return torch.tensor(wave(int(np.prod(shape)), 0), dtype=torch.float32).reshape(shape)


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.flatten().tolist()]


def write_json(name, content):
    (HERE / name).write_text(json.dumps(content) + "\n")


class Lite0:
    """EfficientNet-Lite0 from its published description, on plain functions."""

    GROUPS = [
        (1, 3, 1, 1, 16),
        (2, 3, 2, 6, 24),
        (2, 5, 2, 6, 40),
        (3, 3, 2, 6, 80),
        (3, 5, 1, 6, 112),
        (4, 5, 2, 6, 192),
        (1, 3, 1, 6, 320),
    ]

    def __init__(self, weights):
        self.weights = {name: tensor.double() for name, tensor in weights.items()}

    def convolve(self, x, name, stride=1, groups=1):
        kernel = self.weights[f"{name}.weight"]
        padding = []
        for size, width in zip(reversed(x.shape[2:]), reversed(kernel.shape[2:])):
            total = max((-(-size // stride) - 1) * stride + width - size, 0)
            padding += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, padding), kernel, stride=stride, groups=groups)

    def normalise(self, x, name):
        parameters = [self.weights[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        return F.batch_norm(x, *parameters, eps=1e-3)

    def block(self, x, name, stride, expansion):
        entry = x
        if expansion > 1:
            x = F.relu6(self.normalise(self.convolve(x, f"{name}._expand_conv"), f"{name}._bn0"))
        x = self.convolve(x, f"{name}._depthwise_conv", stride, groups=x.shape[1])
        x = F.relu6(self.normalise(x, f"{name}._bn1"))
        x = self.normalise(self.convolve(x, f"{name}._project_conv"), f"{name}._bn2")
        return x + entry if x.shape == entry.shape and stride == 1 else x

    def stages(self, x):
        x = F.relu6(self.normalise(self.convolve(x, "_conv_stem", 2), "_bn0"))
        yield x
        index = 0
        for repeat, _, stride, expansion, _ in self.GROUPS:
            for position in range(repeat):
                x = self.block(x, f"_blocks.{index}", stride if position == 0 else 1, expansion)
                index += 1
            yield x
        yield F.relu6(self.normalise(self.convolve(x, "_conv_head"), "_bn1"))


def efficientnet_lite0():
    shape = (1, 3, 72, 57)
    model = Lite0(load_file(ASSETS / "efficientnet_lite0_in1k_f16.safetensors"))
    stages = list(model.stages(formula_input(*shape).double()))
    write_json(
        "efficientnet_lite0_forward.json",
        {
            "phase": PHASE,
            "input_shape": shape,
            "features": numbers(stages[-1].mean((2, 3))),
            "stage_mean_abs": [float(stage.abs().mean()) for stage in stages],
        },
    )


def activation_maps():
    """Grad-CAM and Layer-CAM with PyTorch's gradients, of the unit vector of features, in float64."""
    resnet = torchvision.models.resnet18()
    resnet.load_state_dict(formula_state(resnet))
    resnet.double().eval()
    lite = Lite0(load_file(ASSETS / "efficientnet_lite0_in1k_f16.safetensors"))

    def stem_to_layer3(x):
        x = resnet.maxpool(resnet.relu(resnet.bn1(resnet.conv1(x))))
        return resnet.layer3(resnet.layer2(resnet.layer1(x)))

    models = {
        "resnet18": ("layer3", (1, 3, 96, 80), stem_to_layer3, resnet.layer4),
        "efficientnet_lite0": ("conv_head", (1, 3, 96, 80), lambda x: list(lite.stages(x))[-1], lambda x: x),
    }
    cases = []
    for name, (stage, shape, before, after) in models.items():
        activation = before(formula_input(*shape).double()).detach().requires_grad_()
        embedding = F.normalize(after(activation).mean((2, 3)))
        target = F.normalize(formula_tensor("target", (1, embedding.shape[1]), 7).double())
        largest = int(embedding[0].argmax())
        for dimension, score in [(None, (embedding * target).sum()), (largest, embedding[0, largest])]:
            (gradient,) = torch.autograd.grad(score, activation, retain_graph=True)
            for method, weights in [("grad_cam", gradient.mean((2, 3), keepdim=True)), ("layer_cam", F.relu(gradient))]:
                values = F.relu((activation * weights).sum(1))[0]
                cases.append(
                    {
                        "backbone": name,
                        "stage": stage,
                        "input_shape": shape,
                        "dimension": dimension,
                        "method": method,
                        "score": score.item(),
                        "size": list(values.shape),
                        "values": numbers(values / values.max()),
                    }
                )
    write_json("activation_maps.json", {"phase": PHASE, "cases": cases})


def step_statistics(dtype, layout=torch.contiguous_format):
    """Running statistics of ResNet-18 after one forward pass in training, in float64."""
    model = torchvision.models.resnet18()
    model.load_state_dict(formula_state(model))
    model.to(dtype=dtype, memory_format=layout).train()
    model(formula_input(*STEP_SHAPE).to(dtype=dtype, memory_format=layout))
    return {
        name: tensor.double()
        for name, tensor in model.state_dict().items()
        if name.startswith(STEP_LAYERS) and "running" in name
    }


def float32_errors():
    """For each statistic the largest error of PyTorch's float32, by the largest value, over its ways to convolve."""
    exact = step_statistics(torch.float64)
    errors = dict.fromkeys(exact, 0.0)
    for torch.backends.mkldnn.enabled in (True, False):
        for layout in (torch.contiguous_format, torch.channels_last):
            for name, tensor in step_statistics(torch.float32, layout).items():
                error = (tensor - exact[name]).abs().max() / exact[name].abs().max()
                errors[name] = max(errors[name], error.item())
    return errors


def batch_norm_step():
    """Running statistics after one forward pass in training; at the end two values a channel remain.

    Two values that lie close together are torn apart by the norm, and their rounding with them; so each statistic comes
    with the error of PyTorch's own float32, the largest over its convolutions and its instructions.
    """
    errors = collections.defaultdict(float)
    for instructions in ("default", "avx2"):
        line = [sys.executable, __file__, "float32_errors"]
        environment = {**os.environ, "ATEN_CPU_CAPABILITY": instructions}
        for name, error in json.loads(subprocess.check_output(line, env=environment)).items():
            errors[name] = max(errors[name], error)
    write_json(
        "batch_norm_step.json",
        {
            "phase": PHASE,
            "input_shape": STEP_SHAPE,
            "statistics": {
                name: {"values": numbers(tensor), "float32_error": float(f"{errors[name]:.3g}")}
                for name, tensor in step_statistics(torch.float64).items()
            },
        },
    )


class Config:
    """Stands for the original project's configuration class."""

    def __init__(self):
        self.embedding_size = 8
        self.loss_type = "arcface"


class EmbeddingNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(*list(torchvision.models.resnet18().children())[:-1])
        self.projection_head = nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.2), nn.Linear(512, 8))

    def forward(self, images):
        return F.normalize(self.projection_head(self.backbone(images).flatten(1)))


class ArcFaceNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding_net = EmbeddingNet()
        self.arc_margin_product = nn.Module()
        self.arc_margin_product.weight = nn.Parameter(torch.zeros(3, 8))


def original_checkpoint():
    """The pickle inside a checkpoint of the original project; the test makes the tensors by the formula."""
    model = ArcFaceNet()
    model.load_state_dict(formula_state(model))
    model.eval()
    optimizer = torch.optim.Adam(model.arc_margin_product.parameters())
    model.arc_margin_product.weight.grad = torch.zeros(3, 8)
    optimizer.step()
    # The step moves nothing, as the gradient is zero, but it makes the optimizer's tensors.
    buffer = io.BytesIO()
    torch.save(
        {
            "epoch": 7,
            "model_state_dict": model.state_dict(),
            "optimizer_state_dict": optimizer.state_dict(),
            "config": Config(),
            "metrics": {"val_loss": 0.25},
        },
        buffer,
    )
    archive = zipfile.ZipFile(buffer)
    pickle = next(name for name in archive.namelist() if name.endswith("data.pkl"))
    (HERE / "original_checkpoint.pkl").write_bytes(archive.read(pickle))
    sizes = {
        int(name.rsplit("/", 1)[1]): archive.getinfo(name).file_size
        for name in archive.namelist()
        if "/data/" in name
    }
    names = list(model.state_dict())
    shape = (2, 3, 64, 48)
    with torch.no_grad():
        embeddings = model.double().embedding_net(formula_input(*shape).double())
    write_json(
        "original_checkpoint.json",
        {
            "phase": PHASE,
            "input_shape": shape,
            # Storage i holds tensor i of the state dict; the optimizer's follow.
            "tensors": [[name, list(tensor.shape)] for name, tensor in model.state_dict().items()],
            "storage_sizes": [sizes[key] for key in sorted(sizes)],
            "embeddings": numbers(embeddings),
        },
    )
    assert len(names) < len(sizes)


def small_checkpoints():
    """A state dict of every kind of number in both of PyTorch's formats."""
    state = {
        "layer.weight": torch.arange(6, dtype=torch.float32).reshape(2, 3) - 2.5,
        "layer.transposed": (torch.arange(6, dtype=torch.float32).reshape(2, 3) - 2.5).t(),
        "layer.half": torch.tensor([0.5, -1.25], dtype=torch.float16),
        "layer.bfloat": torch.tensor([0.5, -1.25], dtype=torch.bfloat16),
        "layer.double": torch.tensor([[1e-3]], dtype=torch.float64),
        "layer.num_batches_tracked": torch.tensor(3),
    }
    torch.save(state, HERE / "small_zip.pth")
    torch.save(state, HERE / "small_legacy.pth", _use_new_zipfile_serialization=False)


def torchvision_names():
    lines = []
    for name in ("resnet18", "resnet34", "resnet50"):
        for tensor, value in getattr(torchvision.models, name)().state_dict().items():
            lines.append(f"{name} {tensor} {'x'.join(map(str, value.shape))}\n")
    (HERE / "torchvision_names.txt").write_text("".join(lines))


if __name__ == "__main__":
    if sys.argv[1:] == ["float32_errors"]:
        print(json.dumps(float32_errors()))
        sys.exit()
    efficientnet_lite0()
    activation_maps()
    batch_norm_step()
    original_checkpoint()
    small_checkpoints()
    torchvision_names()
