"""Loads images with Pillow and torchvision in one thread: the peer of `crates/pets-data/examples/throughput.rs`.

    pip install torch torchvision
    python benches/peer/loading.py data/oxford-iiit-pet [IMAGES] [IMG_SIZE]
"""

import pathlib
import sys

import torch
from PIL import Image
from torchvision.transforms import v2

from measurement import measure


def main():
    folder, *numbers = sys.argv[1:]
    count, size = (int(number) for number in (numbers + ["1000", "224"][len(numbers) :]))
    torch.set_num_threads(1)
    paths = sorted((pathlib.Path(folder) / "images").glob("*.jpg"))[:count]
    to_tensor = [
        v2.ToImage(),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]
    augment = [
        v2.RandomHorizontalFlip(),
        v2.RandomRotation(10, interpolation=v2.InterpolationMode.BILINEAR),
        v2.ColorJitter(0.2, 0.2, 0.2),
    ]
    resize = v2.Resize((size, size))
    jobs = {
        "decode, one thread": v2.Identity(),
        "decode and resize, one thread": v2.Compose([resize, *to_tensor]),
        "decode, resize and augment, one thread": v2.Compose([resize, *augment, *to_tensor]),
        "decode, crop and augment, one thread": v2.Compose(
            [v2.RandomResizedCrop(size, scale=(0.5, 1.0)), *augment, *to_tensor]
        ),
    }
    for job, transform in jobs.items():

        def run():
            for path in paths:
                with Image.open(path) as image:
                    transform(image.convert("RGB"))

        measure(job, len(paths), 1, run)


if __name__ == "__main__":
    main()
