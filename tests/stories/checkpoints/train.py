"""Logistic regression by gradient descent, with a checkpoint after each epoch. The first attempt of a job dies in the fourth epoch."""

import argparse
import json
import math
import random
import sys
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, required=True)
parser.add_argument("--momentum", type=float, default=0.0)
parser.add_argument("--epochs", type=int, default=8)
parser.add_argument("--out", type=Path, required=True)
args = parser.parse_args()

rng = random.Random(0)
points = [[1.0, rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(200)]
labels = [1 if 2 * p[1] - p[2] + 0.5 + rng.gauss(0, 0.5) > 0 else 0 for p in points]

checkpoint = args.out / "checkpoint.json"
state = {"epoch": 0, "weights": [0.0, 0.0, 0.0], "velocity": [0.0, 0.0, 0.0]}
is_first_attempt = not checkpoint.exists()
if not is_first_attempt:
    state = json.loads(checkpoint.read_text())
    print(f"goes on after epoch {state['epoch']}")


def probability(weights, point):
    return 1 / (1 + math.exp(-max(-30, min(30, sum(w * x for w, x in zip(weights, point))))))


for epoch in range(state["epoch"] + 1, args.epochs + 1):
    if is_first_attempt and epoch == 4:
        sys.exit("out of memory, as it happens")
    chances = [probability(state["weights"], point) for point in points]
    gradient = [sum((c - y) * p[i] for c, y, p in zip(chances, labels, points)) / len(points) for i in range(3)]
    state["velocity"] = [args.momentum * v - args.lr * g for v, g in zip(state["velocity"], gradient)]
    state["weights"] = [w + v for w, v in zip(state["weights"], state["velocity"])]
    state["epoch"] = epoch
    chances = [probability(state["weights"], point) for point in points]
    loss = -sum(math.log(max(1e-12, c if y else 1 - c)) for c, y in zip(chances, labels)) / len(points)
    print(f"Epoch {epoch}/{args.epochs}")
    print(f"{len(points)}/{len(points)} - loss: {loss:.5f}", flush=True)
    checkpoint.write_text(json.dumps(state))
