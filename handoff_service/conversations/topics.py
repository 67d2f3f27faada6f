"""What a conversation is about, from the reasons of its handoff. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

TOPIC_SKILLS = frozenset({"refund", "fraud", "loan", "complaint", "order", "account", "risk"})
"""Skills that say what it is about; others say which language, or how experienced."""


def topic_of(reasons: Iterable[Mapping[str, Any]], required: Iterable[str]) -> str | None:
    """A topic that made a rule hand over, else the skill that was asked for because of one."""
    for reason in reasons:
        why = reason.get("why") or {}
        for field in ("topic", "recent_topic"):
            if isinstance(why.get(field), str):
                return str(why[field])
    return next((skill for skill in required if skill in TOPIC_SKILLS), None)
