"""Holds the job configs of a converted sweep against what the other tool made: converted.py CFGS EXPECTED."""

import json
import math
import sys
from pathlib import Path

import yaml

# The quantile of Kolmogorov's distribution for p = 0.001.
KOLMOGOROV = 1.95


def flat(config, path=""):
    if not isinstance(config, dict) or not config:
        return {path: config}
    parts = {}
    for key, value in config.items():
        parts.update(flat(value, f"{path}.{key}" if path else str(key)))
    return parts


def same(ours, theirs):
    """True if two values are equal; `1e-5`, which PyYAML reads as text, is our number."""
    if isinstance(theirs, str) and isinstance(ours, float):
        return ours == float(theirs)
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-14)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return isinstance(ours, bool) == isinstance(theirs, bool) and ours == theirs


def key(config):
    """Orders configs alike for both: by numbers, whatever their type."""
    def one(value):
        if isinstance(value, str):
            try:
                value = float(value) if "e" in value else value
            except ValueError:
                pass
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return f"{value:.12g}"
        return repr(value)
    return sorted((k, one(v)) for k, v in config.items())


def check_configs(ours, theirs):
    # A parameter that another one lies in has another name in a job config.
    names = theirs[0].keys()
    other = lambda k: k.removesuffix("_choice") if k not in names else k  # noqa: E731
    ours = [{other(k): v for k, v in our.items()} for our in ours]
    assert len(ours) == len(theirs), f"{len(ours)} configs, the tool makes {len(theirs)}"
    for our, their in zip(sorted(ours, key=key), sorted(theirs, key=key)):
        assert our.keys() == their.keys(), f"{sorted(our)} is not {sorted(their)}"
        for name in our:
            assert same(our[name], their[name]), f"{name}: {our[name]!r} is not {their[name]!r}"


def check_law(name, ours, law):
    if "constant" in law:
        assert all(same(value, law["constant"]) for value in ours), f"{name}: {ours[:3]} is not {law['constant']!r}"
        return
    bound = KOLMOGOROV / math.sqrt(len(ours)) + 0.003
    if "shares" in law:
        for value, share in law["shares"].items():
            words = {value, value.lower()} | ({"null"} if value == "None" else set())
            try:
                words.add(str(float(value)))
            except ValueError:
                pass
            found = sum(str(our) in words or str(our).lower() in words for our in ours) / len(ours)
            assert abs(found - share) < bound, f"{name}: {value} {found} of the jobs, {share} of the tool's"
        return
    worst = 0.0
    for value, share in law["up_to"]:
        edge = value + abs(value) * 1e-8 + 1e-12
        worst = max(worst, abs(sum(our <= edge for our in ours) / len(ours) - share))
    assert worst < bound, f"{name}: Kolmogorov's distance is {worst}, more than {bound}"
    top = law["up_to"][-1][0]
    assert all(isinstance(our, (int, float)) for our in ours), name
    assert max(ours) <= top + abs(top) * 0.6 + 1e-9, f"{name}: {max(ours)} is far above {top}"


def check_parts(ours, parts):
    """Holds configs whose drawn values are left out, with how often each comes."""
    left = {}
    for config in ours:
        named = sorted(v for k, v in config.items() if k.startswith("named_configs."))
        config = {k: v for k, v in config.items() if not k.startswith("named_configs.")}
        matches = [i for i, part in enumerate(parts) if matches_part(config, named, part)]
        assert len(matches) == 1, f"{config} {named} is in {len(matches)} parts of {parts[:2]}"
        left[matches[0]] = left.get(matches[0], 0) + 1
    for i, part in enumerate(parts):
        assert left.get(i) == part["times"], f"{part}: {left.get(i)} times"


def matches_part(config, named, part):
    fixed = {k: v for k, v in config.items() if k not in part["drawn"]}
    return (
        fixed.keys() == part["config"].keys()
        and set(part["drawn"]) <= config.keys()
        and all(same(fixed[k], part["config"][k]) for k in fixed)
        and set(named) <= set(part["named"])
    )


def main():
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    ours = [flat(yaml.load(path.read_text(), loader)) for path in sorted(Path(sys.argv[1]).glob("*.yaml"))]
    expected = json.loads(Path(sys.argv[2]).read_text())
    if "configs" in expected:
        check_configs(ours, expected["configs"])
        return
    parts = expected.get("parts", [])
    if parts:
        check_parts(ours, parts)
    for name, law in expected["laws"].items():
        # A parameter that another one lies in has another name in a job config.
        column = [config.get(name, config.get(f"{name}_choice")) for config in ours if name in config or f"{name}_choice" in config]
        for part in parts:
            # Where some sub-configs fix what others draw.
            if name in part["config"]:
                column = [value for value in column if not same(value, part["config"][name])]
        assert column, f"{name} is in no job config"
        check_law(name, column, law)


main()
