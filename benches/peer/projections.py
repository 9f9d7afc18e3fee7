"""Holds the maps of pets-viz against those of scikit-learn and umap-learn: trustworthiness and CPU seconds.

    pip install scikit-learn umap-learn
    cargo build --release -p pets-viz --example project
    python benches/peer/projections.py target/release/examples/project [EMBEDDINGS.npz ...]

On scikit-learn's digits, and on the `embeddings` of each file that `pets embed` wrote. Trustworthiness is scikit-learn's
for both, with 15 neighbours; CPU seconds are those of all threads. Each is the mean of three seeds.
"""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
import umap
from sklearn.datasets import load_digits
from sklearn.manifold import TSNE, trustworthiness

SEEDS = (1, 2, 3)


def peer_map(method, rows, seed):
    started = time.process_time()
    if method == "tsne":
        points = TSNE(perplexity=30, random_state=seed).fit_transform(rows)
    else:
        points = umap.UMAP(n_neighbors=15, min_dist=0.1, random_state=seed).fit_transform(rows)
    return points, time.process_time() - started


def our_map(program, method, path, dim, seed):
    def cpu_seconds():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    started = cpu_seconds()
    command = [program, method, path, str(dim), str(seed)]
    printed = subprocess.run(command, check=True, capture_output=True).stdout
    return np.array(json.loads(printed)["points"]), cpu_seconds() - started


def compare(program, name, rows):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "rows.f32"
        path.write_bytes(np.ascontiguousarray(rows, dtype="<f4").tobytes())
        for method, peer in (("tsne", "scikit-learn"), ("umap", "umap-learn")):
            ours = [our_map(program, method, path, rows.shape[1], seed) for seed in SEEDS]
            theirs = [peer_map(method, rows, seed) for seed in SEEDS]
            (trust, cpu), (peer_trust, peer_cpu) = (
                (
                    np.mean([trustworthiness(rows, points, n_neighbors=15) for points, _ in maps]),
                    np.mean([seconds for _, seconds in maps]),
                )
                for maps in (ours, theirs)
            )
            print(
                f"{name:20} {method}  trustworthiness {trust:.4f}, {peer} {peer_trust:.4f} ({trust - peer_trust:+.4f})  "
                f"CPU {cpu:.2f} s, {peer} {peer_cpu:.2f} s ({peer_cpu / cpu:.1f} x)",
                flush=True,
            )


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program, files = sys.argv[1], sys.argv[2:]
    # The first call compiles; that is not counted.
    umap.UMAP(random_state=0).fit_transform(np.random.default_rng(0).normal(size=(200, 8)).astype("float32"))
    compare(program, "digits", load_digits().data.astype("float32"))
    for file in files:
        compare(program, pathlib.Path(file).stem, np.load(file)["embeddings"])


if __name__ == "__main__":
    main()
