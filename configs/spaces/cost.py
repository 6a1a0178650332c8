"""Tells what a multi-layer perceptron costs: a job config as JSON on each line in, its numbers out."""
import json
import sys

for line in sys.stdin:
    widths = [64, *json.loads(line)["MLP"]["WIDTHS"], 10]
    weights = sum(a * b + b for a, b in zip(widths, widths[1:]))
    print(json.dumps({"weights": weights}), flush=True)
