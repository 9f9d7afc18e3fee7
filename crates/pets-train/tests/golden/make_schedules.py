"""Writes `schedules.json` in this folder: the rates that PyTorch's schedulers give at each epoch's start.

    pip install torch
    python crates/pets-train/tests/golden/make_schedules.py
"""

import json
import math
import pathlib

import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, ReduceLROnPlateau, SequentialLR, StepLR

HERE = pathlib.Path(__file__).parent
THRESHOLD = 1e-4
PATIENCE = 2


def val_losses(num_epochs):
    """Falls to a level around which it then swings by more and by less than the threshold."""
    return [round(max(1 / (t + 1), 0.25) + 5e-4 * math.sin(7 * t * t), 6) for t in range(num_epochs)]


def rates(make_scheduler, learning_rate, num_epochs, val_loss=None):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=learning_rate)
    scheduler = make_scheduler(optimizer)
    found = []
    for epoch in range(num_epochs):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if val_loss is None:
            scheduler.step()
        else:
            scheduler.step(val_loss[epoch])
    return found


def warmup_cosine(optimizer, num_epochs, warmup_epochs, min_lr):
    rising = LambdaLR(optimizer, lambda epoch: (epoch + 1) / warmup_epochs if warmup_epochs else 1.0)
    if warmup_epochs >= num_epochs:
        return rising
    falling = CosineAnnealingLR(optimizer, num_epochs - warmup_epochs, min_lr)
    return SequentialLR(optimizer, [rising, falling], [warmup_epochs]) if warmup_epochs else falling


def cases_of(learning_rate, num_epochs, gamma, step_size, min_lr, warmup_epochs):
    def case(name, parameters, make_scheduler, val_loss=None):
        found = {"type": name, "learning_rate": learning_rate, "num_epochs": num_epochs, **parameters}
        if val_loss is not None:
            found["val_loss"] = val_loss
        return found | {"lr": rates(make_scheduler, learning_rate, num_epochs, val_loss)}

    yield case(
        "step",
        {"step_size": step_size, "gamma": gamma},
        lambda optimizer: StepLR(optimizer, step_size, gamma),
    )
    yield case(
        "cosine",
        {"min_lr": min_lr},
        lambda optimizer: CosineAnnealingLR(optimizer, num_epochs, min_lr),
    )
    yield case(
        "plateau",
        {"gamma": gamma, "patience": PATIENCE, "min_lr": min_lr},
        lambda optimizer: ReduceLROnPlateau(
            optimizer, factor=gamma, patience=PATIENCE, threshold=THRESHOLD, min_lr=min_lr
        ),
        val_losses(num_epochs),
    )
    yield case(
        "warmup_cosine",
        {"warmup_epochs": warmup_epochs, "min_lr": min_lr},
        lambda optimizer: warmup_cosine(optimizer, num_epochs, warmup_epochs, min_lr),
    )


runs = [
    (1e-4, 30, 0.1, 10, 1e-6, 1),
    (3e-3, 12, 0.5, 5, 1e-5, 3),
    (1e-4, 4, 0.1, 1, 0.0, 0),
    (1e-3, 5, 0.9, 2, 1e-6, 5),
]
cases = [case for run in runs for case in cases_of(*run)]
(HERE / "schedules.json").write_text("[\n" + ",\n".join(map(json.dumps, cases)) + "\n]\n")
