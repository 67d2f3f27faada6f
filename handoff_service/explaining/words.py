"""The words of explanations: what a fact shows, what a rule lacks, in Chinese or English.

Pure. The texts are in `zh.yml` and `en.yml` beside this module, by the same keys.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from handoff_service.decision.facts import Facts
from handoff_service.decision.fields import FIELDS, Kind, plain
from handoff_service.decision.grounds import Gap
from handoff_service.decision.rules import Comparison, Operator, Rule, Scalar

LANGUAGES: tuple[Literal["zh"], Literal["en"]] = ("zh", "en")

COUNTS = {"consecutive_fallbacks", "repeat_count", "displeased_streak", "attachments_without_words"}
"""Numbers that are told as times."""

SEEN_IN = {
    "repeat_count": "question",
    "consecutive_fallbacks": "fallback",
    "displeased_streak": "sentiment",
    "recent_sentiment": "sentiment",
    "recent_topic": "topic",
    "attachments_without_words": "attachments",
}
"""Where the turn itself shows a running value."""


@cache
def texts(language: str) -> dict[str, str]:
    """All texts of one language, by key."""
    source = files(__package__).joinpath(f"{language}.yml").read_text(encoding="utf-8")
    return {str(key): str(text) for key, text in yaml.safe_load(source).items()}


def say(key: str, language: str, **values: object) -> str:
    """The text of `key`, filled in."""
    return texts(language)[key].format_map(values).strip()


def preferred(accept_language: str) -> Literal["zh", "en"]:
    """The first of our languages in an Accept-Language header or a locale's name; English without any."""
    asked = (part.strip().lower()[:2] for part in accept_language.split(","))
    return next((language for each in asked for language in LANGUAGES if each == language), "en")


def rule_label(rule_id: str, name: str | None, language: str) -> str:
    return say("rule_named" if name else "rule", language, id=rule_id, name=name)


def name_of(rule: Rule | None, language: str) -> str | None:
    """The rule's name; None where it has none."""
    return rule.name.get(language) if rule else None


def because(found: Sequence[Comparison], facts: Facts, language: str) -> list[str]:
    """What each of the comparisons rests on, each thing told once."""
    fields = list(dict.fromkeys(comparison.field for comparison in found))
    if "repeat_count" in fields and facts.running.recent_topic is not None:
        fields = [field for field in fields if field not in ("topic", "recent_topic")]
    return [state(field, facts, language) for field in fields]


def spans(found: Iterable[Comparison], facts: Facts) -> list[str]:
    """What in the turn made the signals fire that the comparisons look at."""
    fields = (SEEN_IN.get(comparison.field, comparison.field) for comparison in found)
    fired = (facts.signals.why.get(field) for field in fields)
    return list(dict.fromkeys(span for span in fired if span))


def state(name: str, facts: Facts, language: str) -> str:
    """What the field shows."""
    value = FIELDS[name].read(facts)
    if value is None or value == frozenset():
        return say(f"{name}.none", language)
    if FIELDS[name].kind is Kind.flag:
        return say(f"{name}.{plain(value)}", language)
    topic = facts.running.recent_topic
    if name == "repeat_count" and topic is not None:
        return say(
            f"{name}.of_topic", language, times=_shown(name, value, language), topic=_word(topic, language)
        )
    shown = _shown(name, value, language)
    return say(f"{name}.is", language, value=shown, times=shown, n=shown)


def lack(gap: Gap, facts: Facts, language: str) -> str:
    """What the field shows, and what the rule wants instead."""
    field, operator, wanted = gap.comparison.field, gap.comparison.operator, gap.comparison.value
    shown = state(field, facts, language)
    if FIELDS[field].kind is Kind.flag:
        return shown
    if gap.negated:
        return say("need.not", language, state=shown)
    values = wanted if isinstance(wanted, tuple) else (wanted,)
    if operator is Operator.is_in and len(values) == 1:
        operator = Operator.eq
    told = listed((_shown(field, value, language) for value in values), language)
    return say(f"need.{operator.value}", language, state=shown, wanted=told)


def quoted(found: Iterable[str], language: str) -> str:
    return listed((say("quoted", language, text=text) for text in found), language)


def listed(parts: Iterable[str], language: str) -> str:
    return texts(language)["or"].join(parts)


def joined(parts: Iterable[str], language: str) -> str:
    return texts(language)["and"].join(parts)


def _shown(field: str, value: Scalar | frozenset[str], language: str) -> str:
    if value is None:
        return say("nothing", language)
    if isinstance(value, frozenset):
        return listed((_word(each, language) for each in sorted(value)), language)
    if field in COUNTS and isinstance(value, int | float):
        return _times(value, language)
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return _word(value, language) if isinstance(value, str) else plain(value)


def _times(n: float, language: str) -> str:
    if language == "en" and n in (1, 2):
        return "once" if n == 1 else "twice"
    return say("times", language, n=f"{n:g}")


def _word(value: str, language: str) -> str:
    return texts(language).get(f"value.{value}", value)
