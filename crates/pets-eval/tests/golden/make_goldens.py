"""Writes the reference values in this folder: ROC-AUC and mutual information by scikit-learn, the other metrics by brute
force over the full distance matrix in float64; and the files in `tests/files` by NumPy.

    pip install numpy safetensors scikit-learn
    python crates/pets-eval/tests/golden/make_goldens.py

Embeddings and labellings stay as they are in the files; the values are computed anew.
"""

import json
import pathlib

import numpy as np
from safetensors.numpy import load_file
from sklearn.metrics import (
    adjusted_mutual_info_score,
    normalized_mutual_info_score,
    roc_auc_score,
    roc_curve,
)

HERE = pathlib.Path(__file__).parent
FILES = HERE.parent / "files"


def equal_error_rate(is_positive, distances):
    """Where false accepts and false rejects cross, by linear interpolation of the ROC curve."""
    accepts, true_accepts, _ = roc_curve(is_positive, -distances, drop_intermediate=False)
    rejects = 1 - true_accepts
    after = int(np.argmax(accepts >= rejects))
    before = after - 1
    gap_before, gap_after = rejects[before] - accepts[before], accepts[after] - rejects[after]
    share = gap_before / (gap_before + gap_after)
    return accepts[before] + share * (accepts[after] - accepts[before])


def verification(distances, labels):
    upper = np.triu_indices(len(labels), 1)
    is_positive = labels[upper[0]] == labels[upper[1]]
    measured = {"pairs": len(is_positive), "positive_pairs": int(is_positive.sum())}
    if is_positive.any() and not is_positive.all():
        measured["roc_auc"] = roc_auc_score(is_positive, -distances[upper])
        measured["eer"] = equal_error_rate(is_positive, distances[upper])
    return measured


def retrieval(distances, labels):
    hits = []
    for query in range(len(labels)):
        ranked = [row for row in np.argsort(distances[query], kind="stable") if row != query]
        found = labels[ranked] == labels[query]
        if found.any():
            hits.append(found)
    measured = {"queries": len(hits)}
    if not hits:
        return measured
    for k in (1, 5, 10):
        measured[f"recall@{k}"] = np.mean([found[:k].any() for found in hits])
        measured[f"precision@{k}"] = np.mean([found[:k].sum() for found in hits]) / k
    relevant = [int(found.sum()) for found in hits]
    first = [found[:r] for found, r in zip(hits, relevant)]
    precisions = [np.cumsum(found) / np.arange(1, len(found) + 1) for found in first]
    measured["r_precision"] = np.mean([found.mean() for found in first])
    measured["map@r"] = np.mean([(p * found).mean() for p, found in zip(precisions, first)])
    measured["mrr"] = np.mean([1 / (1 + int(np.argmax(found))) for found in hits])
    return measured


def metrics(path):
    tensors = load_file(path)
    rows, labels = tensors["embeddings"].astype(np.float64), tensors["labels"]
    distances = np.sqrt(((rows[:, None, :] - rows[None, :, :]) ** 2).sum(-1))
    case = {"file": path.name, "samples": len(labels), "classes": len(np.unique(labels))}
    case |= verification(distances, labels) | retrieval(distances, labels)
    return {key: value.item() if isinstance(value, np.generic) else value for key, value in case.items()}


def with_mutual_information(case):
    a, b = case["a"], case["b"]
    nmi, ami = normalized_mutual_info_score(a, b), adjusted_mutual_info_score(a, b)
    return {"a": a, "b": b, "nmi": float(nmi), "ami": float(ami)}


def write_numpy_files():
    rows = np.array([[0.5, -1.0], [0.25, 3.0], [0.0, 0.125]], dtype=np.float32)
    labels = np.array([2, 0, 2])
    paths = np.array(["a/é.jpg", "b.jpg", "c.jpg"])
    np.save(FILES / "embeddings.npy", rows.astype(np.float16))
    np.save(FILES / "labels.npy", labels.astype(np.uint8))
    np.save(FILES / "columns.npy", np.asfortranarray(rows))
    np.savez(FILES / "stored.npz", embeddings=rows, labels=labels.astype(np.uint8), paths=paths)
    np.savez_compressed(
        FILES / "compressed.npz",
        embeddings=rows.astype(np.float64),
        labels=labels.astype(np.int32),
        paths=paths,
        other=np.zeros(2),
    )


def main():
    cases = [metrics(path) for path in sorted(HERE.glob("embeddings_*.safetensors"))]
    (HERE / "metrics.json").write_text(json.dumps(cases, indent=1))

    path = HERE / "mutual_information.json"
    cases = [with_mutual_information(case) for case in json.loads(path.read_text())]
    lines = [f" {json.dumps(case)}" for case in cases]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")

    write_numpy_files()


if __name__ == "__main__":
    main()
