"""A rule set → plain values, as JSON and YAML have them. What `parse_rules` reads back is equal."""

from typing import Any

from handoff_service.decision.rules import AllOf, AnyOf, Comparison, Condition, Effect, Not, Rule, RuleSet
from handoff_service.rules.document import write_yaml


def rules_of(rules: RuleSet) -> list[dict[str, Any]]:
    """The rules in the form of the document's `rules`."""
    return [_rule(rule) for rule in rules.rules]


def yaml_of(rules: RuleSet) -> str:
    """The rules as a YAML document."""
    return write_yaml(rules_of(rules))


def _rule(rule: Rule) -> dict[str, Any]:
    name = {"name": dict(rule.name)} if rule.name else {}
    return {"id": rule.id, **name, "when": _condition(rule.when), "then": _effect(rule.then)}


def _condition(condition: Condition) -> dict[str, Any]:
    match condition:
        case AllOf(parts):
            return {"all": [_condition(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [_condition(part) for part in parts]}
        case Not(part):
            return {"not": _condition(part)}
        case Comparison(field, operator, value):
            return {field: {operator.value: list(value) if isinstance(value, tuple) else value}}


def _effect(effect: Effect) -> dict[str, Any]:
    """What is given, leaving out what is as without it."""
    skills = {
        "required": list(effect.required),
        "preferred": list(effect.preferred),
        "strict": sorted(effect.strict),
    }
    given = {
        "hand_over": effect.hand_over,
        "priority": None if effect.priority is None else effect.priority.name,
        "skills": {key: names for key, names in skills.items() if names},
        "message": dict(effect.messages),
        "alert": None if effect.alert is None else dict(effect.alert) or True,
    }
    return {key: value for key, value in given.items() if value}
