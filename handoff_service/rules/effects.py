"""The `then` of a rule: plain values → an effect."""

from typing import Any

from handoff_service.decision.facts import LANGUAGES
from handoff_service.decision.priority import Priority
from handoff_service.decision.rules import Effect
from handoff_service.rules.errors import Findings, RuleError, unknown

KEYS = ("hand_over", "priority", "skills", "message", "alert")
SKILL_KEYS = ("required", "preferred", "strict")
PRIORITIES = ("normal", "high", "urgent")
"""`low` is missing on purpose: normal is where every handoff starts, and a rule may only raise."""


def parse_effect(value: Any, path: str) -> Effect:
    """What follows when the rule matches; at least one thing must."""
    findings = Findings()
    known_keys(value, path, KEYS, findings)
    if not value:
        raise RuleError(path, "empty; the rule would do nothing")
    hand_over = findings.read(_flag, value.get("hand_over", False), f"{path}.hand_over")
    priority = (
        findings.read(_priority, value["priority"], f"{path}.priority") if "priority" in value else None
    )
    skills = findings.read(_all_skills, value.get("skills", {}), f"{path}.skills")
    messages = findings.read(parse_texts, value["message"], f"{path}.message") if "message" in value else None
    if messages and hand_over is False:
        findings.add(f"{path}.message", "only said when the rule hands over; add hand_over: true")
    alert = findings.read(_alert, value.get("alert", False), f"{path}.alert")
    findings.done()
    required, preferred, strict = skills or ((), (), ())
    if not (hand_over or priority is not None or required or preferred or alert is not None):
        raise RuleError(path, "the rule would do nothing")
    return Effect(bool(hand_over), priority, required, preferred, frozenset(strict), messages or {}, alert)


def known_keys(value: Any, path: str, keys: tuple[str, ...], findings: Findings) -> None:
    """Raises `RuleError` if `value` is no mapping; keys other than `keys` are added to the findings."""
    if not isinstance(value, dict):
        raise RuleError(path, f"expected a mapping of {', '.join(keys)}")
    for name in value:
        if name not in keys:
            findings.add(f"{path}.{name}" if path else name, unknown("key", name, keys))


def parse_texts(value: Any, path: str) -> dict[str, str]:
    """Language → text, complete: nobody is to read a language that they do not speak."""
    findings = Findings()
    known_keys(value, path, LANGUAGES, findings)
    texts = {}
    for language in LANGUAGES:
        text = value.get(language)
        if isinstance(text, str) and text.strip():
            texts[language] = text.strip()
        else:
            findings.add(f"{path}.{language}", "expected a text; it is needed in every language")
    findings.done()
    return texts


def _flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise RuleError(path, "expected true or false")
    return value


def _alert(value: Any, path: str) -> dict[str, str] | None:
    """None without an alert; no texts when the alert has no words of its own."""
    if isinstance(value, bool):
        return {} if value else None
    if not isinstance(value, dict):
        raise RuleError(path, f"expected true, or a text for each of {', '.join(LANGUAGES)}")
    return parse_texts(value, path)


def _priority(value: Any, path: str) -> Priority:
    if value == "low":
        raise RuleError(path, "a rule may only raise; the lowest is normal")
    if not isinstance(value, str) or value not in PRIORITIES:
        raise RuleError(path, unknown("priority", str(value), PRIORITIES))
    return Priority[value]


def _all_skills(value: Any, path: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Required, preferred, strict."""
    findings = Findings()
    known_keys(value, path, SKILL_KEYS, findings)
    required, preferred, strict = (
        findings.read(_skills, value.get(key, []), f"{path}.{key}") for key in SKILL_KEYS
    )
    for i, skill in enumerate(strict or ()):
        if required is not None and skill not in required:
            findings.add(f"{path}.strict[{i}]", f"{skill} must also be listed under required")
    findings.done()
    return required or (), preferred or (), strict or ()


def _skills(value: Any, path: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise RuleError(path, "expected a list of skills")
    findings = Findings()
    for i, skill in enumerate(value):
        if not isinstance(skill, str) or not skill.strip() or skill != skill.strip():
            findings.add(f"{path}[{i}]", "expected the name of a skill")
        elif skill in value[:i]:
            findings.add(f"{path}[{i}]", f"{skill} is listed twice")
    findings.done()
    return tuple(value)
