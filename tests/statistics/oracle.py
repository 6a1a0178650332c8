"""What scipy, statsmodels and numpy say of the cases on stdin, one answer a case, as JSON."""

import json
import sys

import numpy
from scipy import stats
from statsmodels.stats.nonparametric import rank_compare_2indep


def compare(case):
    a, b = case["a"], case["b"]
    ks = stats.ks_2samp(a, b, method="exact")
    u = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=True)
    # Its prob1 is that the first is greater: the samples change places.
    ranked = rank_compare_2indep(b, a)
    return [ks.statistic, ks.pvalue, u.pvalue, ranked.prob1, *ranked.conf_int(alpha=0.05)]


def bootstrap(case):
    n, below = case["n"], case["below"]
    return list(stats.binom.ppf([0.025, 0.975], n, below / n) / n)


def spearman(case):
    return [stats.spearmanr(case["a"], case["b"]).statistic]


def quantile(case):
    return list(numpy.quantile(case["a"], case["at"]))


ASKED = {f.__name__: f for f in (compare, bootstrap, spearman, quantile)}
answers = [[float(x) for x in ASKED[case["ask"]](case)] for case in json.load(sys.stdin)]
json.dump(answers, sys.stdout)
