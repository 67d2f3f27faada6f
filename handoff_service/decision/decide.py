"""The decision itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from handoff_service.decision.facts import Facts
from handoff_service.decision.matching import evidence, holds
from handoff_service.decision.priority import Priority
from handoff_service.decision.rules import Rule, RuleSet

__all__ = ["Decision", "Priority", "Reason", "decide"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that matched, and per field what made it match."""

    rule: str
    why: dict[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from one turn.

    `rule` is the first that hands over, None when none does. Skills are listed most important first; the
    customer's language leads the required ones and is the last to be relaxed; `skills_strict` are never
    relaxed. `messages` (language → text) belongs to the first handing-over rule that has one: who asks for
    a person *and* reports a stolen card still gets the safety advice. `alerts` are the matching
    rules that want supervisors told, whether they hand over or not.
    """

    handoff: bool
    rule: str | None
    reasons: tuple[Reason, ...]
    priority: Priority
    skills_required: tuple[str, ...]
    skills_preferred: tuple[str, ...]
    messages: dict[str, str] = field(hash=False)
    rules_version: int
    skills_strict: frozenset[str] = frozenset()
    alerts: tuple[str, ...] = ()


def decide(facts: Facts, rules: RuleSet) -> Decision:
    """Test all rules in order and add up what follows from those that match.

    Priority is the highest of them (at least normal) and skills are their union, whatever the order of the
    rules; the order decides only which rule is reported and which message is said.
    """
    matching = [rule for rule in rules.rules if holds(rule.when, facts)]
    handing_over = [rule for rule in matching if rule.then.hand_over]
    language = (facts.signals.language,) if facts.signals.language else ()
    required = tuple(dict.fromkeys((*language, *_by_importance([(r, r.then.required) for r in matching]))))
    preferred = _by_importance([(r, r.then.preferred) for r in matching])
    return Decision(
        handoff=bool(handing_over),
        rule=handing_over[0].id if handing_over else None,
        reasons=tuple(Reason(rule.id, evidence(rule.when, facts)) for rule in matching),
        priority=max((_priority(rule) for rule in matching), default=Priority.normal),
        skills_required=required,
        skills_preferred=tuple(skill for skill in preferred if skill not in required),
        messages=next((dict(r.then.messages) for r in handing_over if r.then.messages), {}),
        rules_version=rules.version,
        skills_strict=frozenset().union(*(rule.then.strict for rule in matching)),
        alerts=tuple(rule.id for rule in matching if rule.then.alert is not None),
    )


def _priority(rule: Rule) -> Priority:
    return max(Priority.normal, rule.then.priority or Priority.normal)


def _by_importance(wanted: Sequence[tuple[Rule, tuple[str, ...]]]) -> tuple[str, ...]:
    """Each skill once: by the urgency of the rule that wants it, its place in that rule's list, its name.

    Nothing here depends on the order of the rules, so moving a rule in the file never changes who is found.
    """
    rank: dict[str, tuple[int, int]] = {}
    for rule, skills in wanted:
        for place, skill in enumerate(skills):
            key = (-_priority(rule), place)
            rank[skill] = min(key, rank.get(skill, key))
    return tuple(sorted(rank, key=lambda skill: (rank[skill], skill)))
