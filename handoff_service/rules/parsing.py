"""Rule sets as people write them: YAML text → a validated `RuleSet`, or all that is wrong with it and where.

Pure: reading and storing is the caller's business. `default.yml` beside this module shows the form.
"""

import re
from typing import Any

from handoff_service.decision.rules import Rule, RuleSet
from handoff_service.rules.conditions import parse_condition
from handoff_service.rules.document import read_yaml
from handoff_service.rules.effects import known_keys, parse_effect, parse_texts
from handoff_service.rules.errors import Findings, RuleError

__all__ = ["RuleError", "parse_rules"]

REQUIRED = ("id", "when", "then")
RULE_KEYS = (*REQUIRED, "name")
RULE_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")


def parse_rules(text: str) -> RuleSet:
    """The rule set that `text` describes. Raises `RuleError` with everything that is wrong with it."""
    document, findings = read_yaml(text), Findings()
    known_keys(document, "", ("version", "rules"), findings)
    version = findings.read(_version, document.get("version"))
    rules = findings.read(_rules, document.get("rules"))
    findings.done()
    assert version is not None and rules is not None  # noqa: PT018  (else `done` had raised)
    return RuleSet(version, rules)


def _version(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise RuleError("version", "expected a whole number from 1 on")
    return value


def _rules(value: Any) -> tuple[Rule, ...]:
    if not isinstance(value, list):
        raise RuleError("rules", "expected a list of rules")
    findings = Findings()
    found = [findings.read(_rule, each, f"rules[{i}]") for i, each in enumerate(value)]
    places: dict[str, str] = {}
    for i, each in enumerate(value):
        rule_id = each.get("id") if isinstance(each, dict) else None
        if isinstance(rule_id, str) and places.setdefault(rule_id, f"rules[{i}]") != f"rules[{i}]":
            findings.add(f"rules[{i}].id", f"{rule_id} is already the id of {places[rule_id]}")
    findings.done()
    return tuple(rule for rule in found if rule is not None)


def _rule(value: Any, path: str) -> Rule:
    findings = Findings()
    known_keys(value, path, RULE_KEYS, findings)
    for key in REQUIRED:
        if key not in value:
            findings.add(f"{path}.{key}", "missing")
    rule_id = findings.read(_id, value["id"], f"{path}.id") if "id" in value else None
    name = findings.read(parse_texts, value["name"], f"{path}.name") if "name" in value else {}
    when = findings.read(parse_condition, value["when"], f"{path}.when") if "when" in value else None
    then = findings.read(parse_effect, value["then"], f"{path}.then") if "then" in value else None
    findings.done()
    assert rule_id is not None and when is not None and then is not None  # noqa: PT018  (see above)
    return Rule(rule_id, when, then, name or {})


def _id(value: Any, path: str) -> str:
    if not isinstance(value, str) or not RULE_ID.fullmatch(value):
        raise RuleError(path, "expected a word of a-z, 0-9 and _, at most 64 long, that starts with a letter")
    return value
