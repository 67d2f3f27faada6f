"""Facts and rules for tests, neutral unless said otherwise."""

from pathlib import Path
from typing import Any

import handoff_service.rules
from handoff_service.decision.decide import Decision, decide
from handoff_service.decision.facts import Customer, Facts, Running, Signals
from handoff_service.decision.rules import RuleSet
from handoff_service.rules.parsing import parse_rules

DEFAULT_RULES_TEXT = (Path(handoff_service.rules.__file__).parent / "default.yml").read_text(encoding="utf-8")
DEFAULT_RULES = parse_rules(DEFAULT_RULES_TEXT)


def facts(
    *,
    tier: str | None = None,
    tags: frozenset[str] = frozenset(),
    running: Running | None = None,
    agents_online: int = 1,
    channel: str = "webchat",
    business_hours: bool = True,
    just_resolved: bool = False,
    agents_available: int = 1,
    learned_score: float | None = None,
    **signals: Any,
) -> Facts:
    """One understood, neutral, first turn in Chinese, except for what is given."""
    return Facts(
        signals=Signals(**({"language": "zh"} | signals)),
        running=running or Running(),
        customer=Customer(tier=tier, tags=tags),
        agents_online=agents_online,
        channel=channel,
        business_hours=business_hours,
        just_resolved=just_resolved,
        agents_available=agents_available,
        learned_score=learned_score,
        learned_version=None if learned_score is None else 1,
    )


def decided(rules: RuleSet = DEFAULT_RULES, **given: Any) -> Decision:
    return decide(facts(**given), rules)
