"""What scipy, statsmodels and numpy say of the cases on stdin, one answer a case, as JSON."""

import itertools
import json
import sys

import numpy
import pandas
from scipy import stats
from statsmodels.distributions.empirical_distribution import _conf_set
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.nonparametric import rank_compare_2indep


def compare(case):
    a, b = case["a"], case["b"]
    ks = stats.ks_2samp(a, b, method="exact")
    is_exact = len({*a, *b}) == len(a) + len(b) and len(a) * len(b) <= 2500
    u = stats.mannwhitneyu(a, b, method="exact" if is_exact else "asymptotic", use_continuity=True)
    # Its prob1 is that the first is greater: the samples change places.
    ranked = rank_compare_2indep(b, a)
    low, high = ranked.conf_int(alpha=0.05)
    # Beyond that its limit does not hold: tested by how often it holds the truth.
    inside = [low, high] if 0 < low and high < 1 else []
    return [ks.statistic, ks.pvalue, u.pvalue, ranked.prob1, *inside]


def pairs(case):
    differences = numpy.subtract(case["b"], case["a"])
    p = stats.wilcoxon(differences, method="exact").pvalue
    averages = [(x + y) / 2 for x, y in itertools.combinations_with_replacement(differences, 2)]
    return [p, numpy.median(averages)]


def holm(case):
    return list(multipletests(case["ps"], method="holm")[1])


def proportion(case):
    return list(stats.binomtest(case["below"], case["n"]).proportion_ci(method="exact"))


def spearman(case):
    return [stats.spearmanr(case["a"], case["b"]).statistic]


def quantile(case):
    return list(numpy.quantile(case["a"], case["at"]))


def weighted(case):
    """The percentiles of a weighted sample by inversion of its distribution function."""
    at = case["at"]
    return list(numpy.quantile(case["a"], at, weights=case["weights"], method="inverted_cdf"))


def simultaneous(case):
    """Half the width of the band of Dvoretzky, Kiefer and Wolfowitz around a height of one half."""
    low, high = _conf_set(numpy.full(case["n"], 0.5), alpha=0.05)
    return [(high[0] - low[0]) / 2]


def distance(case):
    """The mean distance of Kolmogorov's statistic, by its exact distribution."""
    return [stats.kstwo(case["n"]).mean()]


def components(case):
    """Of a balanced table: the mean square within groups, and what is between them beyond that."""
    frame = pandas.DataFrame({"config": case["configs"], "value": case["values"]})
    table = anova_lm(ols("value ~ C(config)", frame).fit())
    between, within = table["mean_sq"]
    return [within, max((between - within) / case["replicates"], 0.0)]


def best_of(case):
    """The best of m of n without replacement, by trying all choices; of no value, infinite."""
    values = [float("inf") if value is None else value for value in case["a"]]
    bests = [min(choice) for choice in itertools.combinations(values, case["m"])]
    return [numpy.mean([best for best in bests if best < float("inf")])] + [
        float(numpy.quantile(bests, p, method="inverted_cdf")) for p in (0.025, 0.975)
    ]


def contrast(case):
    """The difference of the best of m of n, by trying all choices, with the jackknife over the draws."""
    a, b, m, paired = case["a"], case["b"], case["m"], case["paired"]

    def best(values):
        return numpy.mean([min(choice) for choice in itertools.combinations(values, m)])

    def without(values):
        return numpy.array([best(values[:i] + values[i + 1 :]) for i in range(len(values))])

    def jackknife(left_out):
        return (len(left_out) - 1) * numpy.var(left_out)

    gain = best(b) - best(a)
    if paired:
        variance, freedom = jackknife(without(b) - without(a)), len(a) / m - 1
    else:
        parts = [(jackknife(without(values)), len(values) / m - 1) for values in (a, b)]
        variance = sum(part for part, _ in parts)
        freedom = variance**2 / sum(part**2 / free for part, free in parts)
    half = stats.t.ppf(0.975, freedom) * variance**0.5
    return [gain, gain - half, gain + half, 2 * stats.t.sf(abs(gain) / variance**0.5, freedom)]


def means(case):
    """Welch's test, and the test of pairs: what the best of one draw is."""
    found = stats.ttest_rel(case["b"], case["a"]) if case["paired"] else stats.ttest_ind(case["b"], case["a"], equal_var=False)
    return [*found.confidence_interval(0.95), found.pvalue]


def middle(case):
    """The interquartile mean."""
    return [stats.trim_mean(case["a"], 0.25)]


def middle_interval(case):
    """The ends of a bootstrap's interval."""
    found = stats.bootstrap(
        (case["a"],), lambda a, axis: stats.trim_mean(a, 0.25, axis=axis), method="percentile", n_resamples=50000,
        batch=2000, random_state=1,
    )
    return list(found.confidence_interval)


def median(case):
    """The median and its interval by ranks."""
    found = stats.quantile_test(case["a"], q=0, p=0.5).confidence_interval(0.95)
    return [numpy.median(case["a"]), found.low, found.high]


ASKED = {
    f.__name__: f
    for f in (compare, pairs, holm, proportion, spearman, quantile, weighted, simultaneous, distance, components, best_of, contrast,
              means, median, middle, middle_interval)
}
# JSON knows no infinity: null stands for it, there and back.
answers = [
    [None if x == float("inf") else float(x) for x in ASKED[case["ask"]](case)] for case in json.load(sys.stdin)
]
json.dump(answers, sys.stdout)
