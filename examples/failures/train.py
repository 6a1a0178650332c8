"""Regression on products of pixels: many pixels of a high degree do not fit into memory, and with great steps it diverges."""

import argparse

import numpy
from sklearn.datasets import load_digits
from sklearn.preprocessing import PolynomialFeatures

parser = argparse.ArgumentParser()
parser.add_argument("--degree", type=int, default=1)
parser.add_argument("--pixels", type=int, default=16)
parser.add_argument("--step", type=float, default=1e-3)
args = parser.parse_args()

images, digits = load_digits(return_X_y=True)
inputs = PolynomialFeatures(args.degree).fit_transform(images[:600, : args.pixels].astype("float32") / 16)
weights = numpy.zeros(inputs.shape[1], "float32")
for epoch in range(1, 41):
    errors = inputs @ weights - digits[:600]
    weights -= args.step * (errors[:400] @ inputs[:400] / 400).astype("float32")
    print(f"epoch {epoch} val_error: {(errors[400:] ** 2).mean():.4f}")
