"""Holds YAML files against a JSON Schema: a line of JSON for each file and each version of YAML.

Usage: schema.py SCHEMA FILE...
"""

import json
import re
import sys

import yaml
from jsonschema import Draft7Validator


class OldYaml(yaml.SafeLoader):
    """YAML 1.1, in which PyYAML and the toolkit read a config; dates have no type of their own in JSON."""


class NewYaml(yaml.SafeLoader):
    """YAML 1.2, in which most editors read it: `yes`, `1_000` and `12:30` are texts."""


def resolve(loader, tag, pattern, first):
    loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


OldYaml.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# The toolkit's one kindness beyond YAML 1.1.
resolve(OldYaml, "float", r"^[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$", "-+0123456789")

NewYaml.yaml_implicit_resolvers = {}
resolve(NewYaml, "bool", r"^(true|True|TRUE|false|False|FALSE)$", "tTfF")
resolve(NewYaml, "null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""])
resolve(NewYaml, "int", r"^([-+]?[0-9]+|0x[0-9a-fA-F]+)$", "-+0123456789")
resolve(
    NewYaml,
    "float",
    r"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$",
    "-+0123456789.",
)
resolve(NewYaml, "merge", r"^<<$", "<")

# `<<` and `=` where a value stands, for which PyYAML has no constructor.
for loader in (OldYaml, NewYaml):
    for tag in ("merge", "value"):
        loader.add_constructor(f"tag:yaml.org,2002:{tag}", yaml.SafeLoader.construct_yaml_str)


def as_json(value):
    """JSON's mappings have texts as keys."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else json.dumps(key): as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list) else value


schema = json.load(open(sys.argv[1]))
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)
for path in sys.argv[2:]:
    for loader in (OldYaml, NewYaml):
        found = {"file": path, "yaml": loader.__name__, "unreadable": None, "errors": []}
        try:
            config = as_json(yaml.load(open(path, encoding="utf-8"), loader))
            for error in validator.iter_errors(config):
                place = ".".join(str(part) for part in error.absolute_path)
                found["errors"].append(f"{place}: {error.message}")
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            found["unreadable"] = type(error).__name__
        print(json.dumps(found))
