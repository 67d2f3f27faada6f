"""YAML text → plain values, with the place in every error.

Stricter than a plain YAML load, because rule sets are typed by people: a key given twice is refused
instead of silently dropped, and aliases are refused (they could blow a small text up to any size).
"""

import functools
import json
import re
from datetime import date
from typing import Any

import yaml

from handoff_service.rules.errors import RuleError
from handoff_service.sanitize import storable

MAX_CHARACTERS = 100_000
"""Some hundred rules; a larger text is not a rule set but an accident."""

MAX_DEPTH = 40
"""Mappings and lists within each other: a dozen times `all`, `any`, `not`. Whatever walks a condition, on
whatever stack, gets to its end, and PyYAML's time for open brackets stays small."""

MAX_NUMBER = 2**53
"""Beyond it numbers in JSON are no longer exact; nothing that a rule counts gets near it."""


_ODD_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Line breaks to YAML, which PyYAML folds into blanks unless they are escaped."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = '"' if _ODD_BREAKS.search(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style)


_Dumper.add_representer(str, _Dumper.represent_str)


def write_yaml(rules: Any) -> str:
    """A document with these `rules` (plain values, as JSON has them) that `read_yaml` reads back. Raises
    `RuleError` for what no YAML can hold."""
    try:
        # Looked at before PyYAML takes its time: the YAML is hardly ever less than half as long.
        too_long = len(json.dumps(rules, ensure_ascii=False)) > 2 * MAX_CHARACTERS
        text = "" if too_long else _dumped({"version": 1, "rules": rules})
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise RuleError("rules", "not plain values, or nested too deeply") from error
    if too_long:
        raise RuleError("rules", f"too long; as YAML at most {MAX_CHARACTERS} characters")
    return text


def _dumped(document: dict[str, Any]) -> str:
    text: str = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return text


@functools.lru_cache(maxsize=16)
def read_yaml(text: str) -> Any:
    """Dicts with text keys, lists and scalars; not to be changed, the same text gives the same again. Raises
    `RuleError`."""
    if len(text) > MAX_CHARACTERS:
        raise RuleError("", f"too long: {len(text)} characters, at most {MAX_CHARACTERS}")
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise RuleError(_place(event.start_mark), "aliases are not supported; write the value out")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise RuleError(_place(event.start_mark), f"nested more than {MAX_DEPTH} deep")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is None:
            raise RuleError("", "empty; a rule set has version and rules")
        return _plain(root, "")
    except yaml.MarkedYAMLError as error:
        problem = error.problem or "not YAML"
        raise RuleError(_place(error.problem_mark or error.context_mark), problem) from error
    except yaml.YAMLError as error:
        raise RuleError("", f"not YAML: {error}") from error


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""


def _plain(node: yaml.Node, path: str) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, f"{path}[{i}]") for i, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path)
    try:
        value = yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        # The last two are PyYAML's own way to refuse what an explicit tag (`!!bool x`) claims.
        raise RuleError(path, "unreadable value") from error
    # Rules know no dates: an unquoted 2024-01-31 is meant as the text that it looks like.
    value = node.value if isinstance(value, date) else value
    if isinstance(value, str):
        _storable(value, path)
    if isinstance(value, int) and abs(value) > MAX_NUMBER:
        raise RuleError(path, "too large a number")
    return value


def _storable(value: str, path: str) -> None:
    if storable(value) != value:  # an escape can write them
        raise RuleError(path, "must not contain NUL or lone surrogates")


def _mapping(node: yaml.MappingNode, path: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise RuleError(path or _place(key.start_mark), "a key must be a plain word")
        # The word as written: YAML reads an unquoted key such as `on` or `no` as a truth value.
        name = str(key.value)
        _storable(name, path or _place(key.start_mark))
        place = f"{path}.{name}" if path else name
        if name in values:
            raise RuleError(place, "given twice")
        values[name] = _plain(value, place)
    return values
