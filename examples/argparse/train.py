"""A support vector machine on handwritten digits, as its author wrote it: nothing here knows of a sweep."""

import argparse

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

parser = argparse.ArgumentParser(description="Train a support vector machine on handwritten digits.")
parser.add_argument("--C", type=float, default=1.0, help="inverse strength of the regularisation")
parser.add_argument("--gamma", type=float, default=0.001, help="width of the kernel")
parser.add_argument("--kernel", choices=["rbf", "poly", "sigmoid"], default="rbf")
args = parser.parse_args()

data, labels = load_digits(return_X_y=True)
train, held_out, train_labels, held_out_labels = train_test_split(data, labels, test_size=0.5, random_state=0)
model = SVC(C=args.C, gamma=args.gamma, kernel=args.kernel).fit(train, train_labels)
print(f"trained with {model.n_support_.sum()} support vectors")
print(f"val_acc: {model.score(held_out, held_out_labels):.4f}")
