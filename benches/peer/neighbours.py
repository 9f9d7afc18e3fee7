"""Finds nearest neighbours with faiss: the peer of `crates/pets-eval/examples/scale.rs`.

    pip install faiss-cpu
    python benches/peer/neighbours.py 7349 256 37

Each row among all others by exact search, the 11 nearest (itself and 10 more), as Recall@10 and k-NN need them.
"""

import sys

import faiss
import numpy

from measurement import measure


def main():
    rows, dim, classes = (int(number) for number in sys.argv[1:4])
    generator = numpy.random.default_rng(0)
    centres = generator.standard_normal((classes, dim))
    embeddings = centres[numpy.arange(rows) % classes] + generator.standard_normal((rows, dim))
    embeddings /= numpy.linalg.norm(embeddings, axis=1, keepdims=True)
    embeddings = embeddings.astype("float32")

    def run():
        index = faiss.IndexFlatL2(dim)
        index.add(embeddings)
        index.search(embeddings, 11)

    measure(f"knn, {rows} x {dim}", rows, 1, run)


if __name__ == "__main__":
    main()
