"""Writes `checkpoint_format_1.safetensors` in this folder: a checkpoint as the first version of the format has it.

    python crates/pets-train/tests/golden/make_checkpoint.py

What it holds is small, its layout is that of a run stopped in its second epoch. The file must stay readable, or
`FORMAT_VERSION` must change, for runs that began with an older program to go on.
"""

import hashlib
import json
import pathlib
import struct

HERE = pathlib.Path(__file__).parent

STATE = """\
format = 1
finished = false
data = "c6e38225fc422b6ea53522e8acee32ed6757a6dcf48b76ec5a0e7b9587bddbc4"
average_steps = 9
confusable = [[0, [1]], [1, [0]]]

[progress]
epoch = 1
batches_of_epoch = 2
batches = 9
steps = 9
left_out_in_a_row = 0
best_epoch = 1

[progress.totals]
images = 16
steps = 2
left_out = 0
loss_sum = 0.8622118830680847
fallbacks = 0
first_rate = 0.0001
last_rate = 0.00009509795896116975
waited = 0.111628304

[progress.totals.active_share]
sum = 0.0
count = 2

[progress.totals.mean_positive_distance]
sum = 1.7244237065315247
count = 2

[progress.totals.mean_negative_distance]
sum = 1.7122765829165778
count = 2

[progress.totals.embedding_norm]
sum = 2.2301207780838013
count = 2

[progress.totals.accuracy]
sum = 0.0
count = 0

[progress.totals.gradient_norm]
sum = 36.6572663421027
count = 2

[progress.totals.elapsed]
secs = 10
nanos = 353190537

[progress.best]
monitor = "val_loss"
best = [0, 0.17525116602579752]
stale_epochs = 0

[progress.best.early_stopping]
patience = 3
delta = 0.0001

[[progress.history]]
epoch = 1
learning_rate = 0.0001
last_learning_rate = 0.0001
train_loss = 0.5070003185953412
val_loss = 0.17525116602579752
"recall@1" = 0.08333333333333333
"map@r" = 0.08333333333333333
active_share = 0.0
fallback_share = 0.0
mean_positive_distance = 1.0140006414481573
mean_negative_distance = 1.0141057819128036
embedding_norm = 0.934182950428554
gradient_norm = 24.307123431158782
left_out_batches = 0
seconds = 35.773008333
images_per_second = 1.5654260742824064
wait_share = 0.003120147261896203
best = true

[plateau]
rate = 0.0001
best = inf
bad_epochs = 0

[optimizer_counts]
"optimizer.head.fc2.weight:__rank" = 2
"optimizer.head.fc2.weight:momentum.time" = 9
"""

TENSORS = {
    "average.head.fc2.weight": ("F32", [2, 3], [0.5, 0.25, 0.125, -0.5, -0.25, -0.125]),
    "memory.embeddings": ("F32", [2, 2], [1.0, 0.0, 0.0, 1.0]),
    "memory.labels": ("I64", [2], [0, 1]),
    "model.head.fc2.weight": ("F32", [2, 3], [1.0, 2.0, 3.0, -1.0, -2.0, -3.0]),
}


def packed(dtype, values):
    return struct.pack(f"<{len(values)}{'f' if dtype == 'F32' else 'q'}", *values)


checksum = hashlib.sha256()
header, body = {}, b""
for name, (dtype, shape, values) in sorted(TENSORS.items()):
    data = packed(dtype, values)
    checksum.update(f"{name} {dtype} Shape {{ dims: {shape} }}\n".encode() + data)
for name, (dtype, shape, values) in sorted(TENSORS.items(), key=lambda item: (item[1][0] != "I64", item[0])):
    data = packed(dtype, values)
    header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
    body += data
checksum.update(STATE.encode())
metadata = {"state": STATE, "sha256": checksum.hexdigest()}
text = json.dumps({"__metadata__": metadata} | header).encode()
text += b" " * (-len(text) % 8)
(HERE / "checkpoint_format_1.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)
