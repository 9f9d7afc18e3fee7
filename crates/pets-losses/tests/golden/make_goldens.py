"""Writes the reference values in this folder: losses by loops over explicit pairs and triplets in float64, their
gradients by PyTorch's autograd.

    pip install torch
    python crates/pets-losses/tests/golden/make_goldens.py

Batches, labels, prototypes and parameters stay as they are in the files; values and gradients are computed anew.
"""

import json
import math
import pathlib

import torch
from torch.nn.functional import cross_entropy, normalize, one_hot

HERE = pathlib.Path(__file__).parent


def distances(rows):
    differences = rows[:, None, :] - rows[None, :, :]
    return ((differences**2).sum(-1) + 1e-8).sqrt()


def pairs(labels, same):
    count = range(len(labels))
    return [(i, j) for i in count for j in count if i != j and (labels[i] == labels[j]) == same]


def valid_triplets(labels):
    return [
        (a, p, n)
        for a, p in pairs(labels, True)
        for n in range(len(labels))
        if labels[n] != labels[a]
    ]


def mean(terms, anchor):
    """The mean of the terms; 0, attached to `anchor`, without any."""
    return torch.stack(terms).mean() if terms else 0 * anchor.sum()


def batch_all(d, labels, margin):
    terms = [d[a, p] - d[a, n] + margin for a, p, n in valid_triplets(labels)]
    return mean([term for term in terms if term > 0], d)


def batch_hard(d, labels, margin):
    terms = []
    for a in range(len(labels)):
        positives = [p for i, p in pairs(labels, True) if i == a]
        negatives = [n for i, n in pairs(labels, False) if i == a]
        if positives and negatives:
            term = d[a, positives].max() - d[a, negatives].min() + margin
            if term > 0:
                terms.append(term)
    return mean(terms, d)


def batch_semi_hard(d, labels, margin):
    semi_hard = [
        d[a, p] - d[a, n] + margin
        for a, p, n in valid_triplets(labels)
        if d[a, p] < d[a, n] < d[a, p] + margin
    ]
    return mean(semi_hard, d) if semi_hard else batch_hard(d, labels, margin)


def contrastive(d, labels, margin):
    positive = [d[i, j] for i, j in pairs(labels, True)]
    negative = [(margin - d[i, j]).clamp(min=0) for i, j in pairs(labels, False)]
    return 0.5 * mean(positive, d) + 0.5 * mean(negative, d)


def arcface(cosines, labels, scale, margin):
    logits = []
    for row, label in zip(cosines, labels):
        own = row[label]
        if own > math.cos(math.pi - margin):
            own = torch.cos(torch.acos(own) + margin)
        else:
            own = own - math.sin(math.pi - margin) * margin
        logits.append(torch.cat([row[:label], own[None], row[label + 1 :]]))
    return cross_entropy(scale * torch.stack(logits), torch.tensor(labels))


def tensor(rows):
    return torch.tensor(rows, dtype=torch.float64, requires_grad=True)


def computed(case):
    """A case with its value and gradients."""
    rows, labels = tensor(case["embeddings"]), case["labels"]
    if case["loss"] == "arcface":
        weight = tensor(case["weight"])
        cosines = normalize(rows) @ normalize(weight).T
        value = arcface(cosines, labels, case["scale"], case["margin"])
    elif case["loss"] == "contrastive":
        value = contrastive(distances(rows), labels, case["margin"])
    else:
        minings = {
            "batch_all": batch_all,
            "batch_hard": batch_hard,
            "batch_semi_hard": batch_semi_hard,
        }
        value = minings[case["mining"]](distances(rows), labels, case["margin"])
    value.backward()
    case = case | {"value": value.item(), "grad": rows.grad.tolist()}
    return case | {"weight_grad": weight.grad.tolist()} if case["loss"] == "arcface" else case


def softplus(x):
    """`log(1 + exp(x))`, exact for large `x`, too, unlike PyTorch's."""
    return torch.logaddexp(x, torch.zeros_like(x))


def papers_defaults(batch):
    """The losses of one batch under the papers' parameters."""
    rows = torch.tensor(batch["embeddings"], dtype=torch.float32).double()
    prototypes = torch.tensor(batch["prototypes"], dtype=torch.float32).double()
    labels = batch["labels"]
    d, s = distances(rows), normalize(rows) @ normalize(rows).T
    to_prototypes = normalize(rows) @ normalize(prototypes).T
    anchors = []
    for a in range(len(labels)):
        positives = [p for i, p in pairs(labels, True) if i == a]
        negatives = [n for i, n in pairs(labels, False) if i == a]
        anchors.append((a, positives, negatives))

    def multi_similarity(a, positives, negatives, alpha=2, beta=50, around=1, epsilon=0.1):
        p = s[a, positives][s[a, positives] < s[a, negatives].max() + epsilon]
        n = s[a, negatives][s[a, negatives] > s[a, positives].min() - epsilon]
        return (
            torch.log1p(torch.exp(-alpha * (p - around)).sum()) / alpha
            + torch.log1p(torch.exp(beta * (n - around)).sum()) / beta
        )

    def supcon(a, positives, negatives, temperature=0.1):
        logits = s[a] / temperature
        return torch.logsumexp(logits[positives + negatives], 0) - logits[positives].mean()

    def circle(a, positives, negatives, margin=0.4, gamma=80):
        p, n = s[a, positives], s[a, negatives]
        of_positives = -gamma * (1 + margin - p).clamp(min=0) * (p - 1 + margin)
        of_negatives = gamma * (n + margin).clamp(min=0) * (n - margin)
        return softplus(torch.logsumexp(of_positives, 0) + torch.logsumexp(of_negatives, 0))

    def lifted_structure(a, positives, negatives, margin=1):
        of_positives = torch.logsumexp(d[a, positives], 0)
        return (of_positives + torch.logsumexp(margin - d[a, negatives], 0)).clamp(min=0)

    def soft_batch_hard(a, positives, negatives):
        return softplus(d[a, positives].max() - d[a, negatives].min())

    def over_anchors(term):
        return mean([term(*anchor) for anchor in anchors], d)

    def cosface(scale=64, margin=0.35):
        own = one_hot(torch.tensor(labels), len(prototypes)).double()
        return cross_entropy(scale * (to_prototypes - margin * own), torch.tensor(labels))

    def normalized_softmax(temperature=0.05):
        return cross_entropy(to_prototypes / temperature, torch.tensor(labels))

    def proxy_anchor(alpha=32, margin=0.1):
        pulled, pushed = [], []
        for proxy in range(len(prototypes)):
            own = [row for row, label in enumerate(labels) if label == proxy]
            others = [row for row, label in enumerate(labels) if label != proxy]
            cosines = to_prototypes[:, proxy]
            if own:
                pulled.append(torch.log1p(torch.exp(-alpha * (cosines[own] - margin)).sum()))
            pushed.append(torch.log1p(torch.exp(alpha * (cosines[others] + margin)).sum()))
        return mean(pulled, d) + mean(pushed, d)

    def squared_contrastive(margin=1):
        positive = [d[i, j] ** 2 for i, j in pairs(labels, True)]
        negative = [(margin - d[i, j]).clamp(min=0) ** 2 for i, j in pairs(labels, False)]
        return 0.5 * mean(positive, d) + 0.5 * mean(negative, d)

    values = {
        "multi_similarity": over_anchors(multi_similarity),
        "supcon": over_anchors(supcon),
        "circle": over_anchors(circle),
        "lifted_structure": over_anchors(lifted_structure),
        "cosface": cosface(),
        "normalized_softmax": normalized_softmax(),
        "proxy_anchor": proxy_anchor(),
        "arcface, scale 30": arcface(to_prototypes, labels, 30, 0.5),
        "arcface, scale 64": arcface(to_prototypes, labels, 64, 0.5),
        "contrastive, squared": squared_contrastive(),
        "triplet, soft margin": over_anchors(soft_batch_hard),
    }
    return batch | {"values": {name: value.item() for name, value in values.items()}}


def main():
    path = HERE / "losses.json"
    cases = [computed(case) for case in json.loads(path.read_text())]
    lines = [json.dumps(case, separators=(",", ":")) for case in cases]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")

    path = HERE / "papers_defaults.json"
    batch = papers_defaults(json.loads(path.read_text()))
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in batch.items()]
    path.write_text("{\n " + ",\n ".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
