"""Rule sets as people write them: YAML text → a validated `RuleSet`, or what is wrong with it and where.

Pure: reading and storing files is the caller's business. `default.yml` beside this module shows the form.
"""

import re
from typing import Any

from handoff_service.decision.rules import Rule, RuleSet
from handoff_service.rules.conditions import parse_condition
from handoff_service.rules.document import read_yaml
from handoff_service.rules.effects import mapping, parse_effect
from handoff_service.rules.errors import RuleError

__all__ = ["RuleError", "parse_rules"]

RULE_KEYS = ("id", "when", "then")
RULE_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")


def parse_rules(text: str) -> RuleSet:
    """The rule set that `text` describes. Raises `RuleError` for the first thing that is wrong."""
    document = mapping(read_yaml(text), "", ("version", "rules"))
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise RuleError("version", "expected a whole number from 1 on")
    given = document.get("rules")
    if not isinstance(given, list):
        raise RuleError("rules", "expected a list of rules")
    places: dict[str, str] = {}
    rules = []
    for i, value in enumerate(given):
        path = f"rules[{i}]"
        rule = _rule(value, path)
        if rule.id in places:
            raise RuleError(f"{path}.id", f"{rule.id} is already the id of {places[rule.id]}")
        places[rule.id] = path
        rules.append(rule)
    return RuleSet(version, tuple(rules))


def _rule(value: Any, path: str) -> Rule:
    given = mapping(value, path, RULE_KEYS)
    for key in RULE_KEYS:
        if key not in given:
            raise RuleError(f"{path}.{key}", "missing")
    rule_id = given["id"]
    if not isinstance(rule_id, str) or not RULE_ID.fullmatch(rule_id):
        raise RuleError(
            f"{path}.id", "expected a word of a-z, 0-9 and _, at most 64 long, that starts with a letter"
        )
    return Rule(
        id=rule_id,
        when=parse_condition(given["when"], f"{path}.when"),
        then=parse_effect(given["then"], f"{path}.then"),
    )
