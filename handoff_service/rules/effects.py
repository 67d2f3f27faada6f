"""The `then` of a rule: plain values → an effect."""

from typing import Any

from handoff_service.decision.facts import LANGUAGES
from handoff_service.decision.priority import Priority
from handoff_service.decision.rules import Effect
from handoff_service.rules.errors import RuleError, unknown

KEYS = ("hand_over", "priority", "skills", "message")
SKILL_KEYS = ("required", "preferred", "strict")
PRIORITIES = ("normal", "high", "urgent")
"""`low` is missing on purpose: normal is where every handoff starts, and a rule may only raise."""


def parse_effect(value: Any, path: str) -> Effect:
    """What follows when the rule matches; at least one thing must."""
    given = mapping(value, path, KEYS)
    if not given:
        raise RuleError(path, "empty; the rule would do nothing")
    hand_over = given.get("hand_over", False)
    if not isinstance(hand_over, bool):
        raise RuleError(f"{path}.hand_over", "expected true or false")
    messages = _messages(given["message"], f"{path}.message") if "message" in given else {}
    if messages and not hand_over:
        raise RuleError(f"{path}.message", "only said when the rule hands over; add hand_over: true")
    priority = _priority(given["priority"], f"{path}.priority") if "priority" in given else None
    skills_path = f"{path}.skills"
    skills = mapping(given.get("skills", {}), skills_path, SKILL_KEYS)
    required, preferred, strict = (_skills(skills.get(k, []), f"{skills_path}.{k}") for k in SKILL_KEYS)
    for i, skill in enumerate(strict):
        if skill not in required:
            raise RuleError(f"{skills_path}.strict[{i}]", f"{skill} must also be listed under required")
    if not (hand_over or priority is not None or required or preferred):
        raise RuleError(path, "the rule would do nothing")
    return Effect(hand_over, priority, required, preferred, frozenset(strict), messages)


def mapping(value: Any, path: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """`value` as a mapping that has no other keys than `keys`."""
    if not isinstance(value, dict):
        raise RuleError(path, f"expected a mapping of {', '.join(keys)}")
    for name in value:
        if name not in keys:
            raise RuleError(f"{path}.{name}" if path else name, unknown("key", name, keys))
    return value


def _priority(value: Any, path: str) -> Priority:
    if value == "low":
        raise RuleError(path, "a rule may only raise; the lowest is normal")
    if not isinstance(value, str) or value not in PRIORITIES:
        raise RuleError(path, unknown("priority", str(value), PRIORITIES))
    return Priority[value]


def _skills(value: Any, path: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise RuleError(path, "expected a list of skills")
    for i, skill in enumerate(value):
        if not isinstance(skill, str) or not skill.strip() or skill != skill.strip():
            raise RuleError(f"{path}[{i}]", "expected the name of a skill")
        if skill in value[:i]:
            raise RuleError(f"{path}[{i}]", f"{skill} is listed twice")
    return tuple(value)


def _messages(value: Any, path: str) -> dict[str, str]:
    given = mapping(value, path, LANGUAGES)
    for language in LANGUAGES:
        text = given.get(language)
        if not isinstance(text, str) or not text.strip():
            raise RuleError(f"{path}.{language}", "expected a text; a message is needed in every language")
    return {language: given[language].strip() for language in LANGUAGES}
