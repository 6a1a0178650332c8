"""A small network on handwritten digits, in Keras."""

import argparse
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
from sklearn.datasets import load_digits

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.001)
parser.add_argument("--width", type=int, default=64)
parser.add_argument("--dropout", type=float, default=0.0)
args = parser.parse_args()

keras.utils.set_random_seed(0)
images, labels = load_digits(return_X_y=True)
layers = keras.layers
model = keras.Sequential([layers.Dense(args.width, "relu"), layers.Dropout(args.dropout), layers.Dense(10, "softmax")])
model.compile(keras.optimizers.Adam(args.lr), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(images / 16, labels, epochs=8, validation_split=0.3, verbose=2)
