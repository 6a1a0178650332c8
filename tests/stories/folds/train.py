"""One fold of five of a classifier."""

import argparse

from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

parser = argparse.ArgumentParser()
parser.add_argument("--algo", choices=["logistic", "forest"], required=True)
parser.add_argument("--size", type=int, required=True)
parser.add_argument("--fold", type=int, required=True)
args = parser.parse_args()

data, labels = load_wine(return_X_y=True)
folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(data, labels))
train, held_out = folds[args.fold % 5]
if args.algo == "forest":
    model = RandomForestClassifier(n_estimators=args.size, random_state=0)
else:
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1 / args.size, max_iter=1000))
model.fit(data[train], labels[train])
print(f"accuracy: {model.score(data[held_out], labels[held_out]):.4f}")
