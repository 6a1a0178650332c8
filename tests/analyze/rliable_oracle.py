"""What rliable, the library of Agarwal et al., says of a sweep: writes tests/fixtures/analyze/rliable.json.

    pip install rliable==1.2.0 "pandas<3" && python tests/analyze/rliable_oracle.py

One task, whose runs are the configs: the stratified bootstrap draws configs anew.
"""

import json
from pathlib import Path

import numpy
from rliable import library, metrics

rng = numpy.random.default_rng(1)
samples = {
    "normal": rng.normal(20, 3, 64),
    "skewed": numpy.exp(rng.normal(0, 1, 200)),
    "ties": rng.integers(0, 6, 40).astype(float),
    "few": rng.uniform(0, 1, 9),
}
cases = {}
for name, values in samples.items():
    numpy.random.seed(1)
    point, interval = library.get_interval_estimates(
        {"sweep": values[:, None]}, lambda scores: numpy.array([metrics.aggregate_iqm(scores)]), reps=50000,
        random_state=numpy.random.RandomState(1),
    )
    low, high = interval["sweep"][:, 0]
    cases[name] = {"values": list(values), "iqm": point["sweep"][0], "low": low, "high": high}
path = Path(__file__).parent.parent / "fixtures/analyze/rliable.json"
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
