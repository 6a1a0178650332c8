"""A decision tree: how good it is, and how large."""

import argparse
import json

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--max-depth", type=int, required=True)
parser.add_argument("--min-leaf", type=int, required=True)
args = parser.parse_args()

data, labels = load_digits(return_X_y=True)
train, held_out, train_labels, held_out_labels = train_test_split(data, labels, test_size=0.5, random_state=0)
tree = DecisionTreeClassifier(max_depth=args.max_depth, min_samples_leaf=args.min_leaf, random_state=0)
tree.fit(train, train_labels)
print(json.dumps({"accuracy": tree.score(held_out, held_out_labels), "leaves": int(tree.get_n_leaves())}))
