"""Gradient boosting with LightGBM's own prints."""

import argparse

import lightgbm
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, default=0.1)
parser.add_argument("--num-leaves", type=int, default=31)
args = parser.parse_args()

data, labels = load_breast_cancer(return_X_y=True)
train, valid, train_labels, valid_labels = train_test_split(data, labels, test_size=0.3, random_state=0)
train = lightgbm.Dataset(train, train_labels)
parameters = {
    "objective": "binary",
    "metric": "binary_logloss",
    "learning_rate": args.learning_rate,
    "num_leaves": args.num_leaves,
    "num_threads": 1,
    "verbosity": -1,
}
lightgbm.train(
    parameters,
    train,
    num_boost_round=30,
    valid_sets=[train.create_valid(valid, valid_labels)],
    callbacks=[lightgbm.log_evaluation(5)],
)
