"""What a canned answer may leave open: a fixed list, filled in from the conversation on inserting. Pure.

A variable stands in the text as `{{customer.name}}`. Where the conversation does not have it, it stays as it
is for the agent to replace, and words to the customer that still hold one are refused.
"""

import re

VARIABLES = (
    "customer.name",
    "customer.tier",
    "agent.name",  # who answers
    "conversation.channel",
    "conversation.language",
    "handoff.reference",  # the first eight characters of the handoff's id, in capitals
    "date.today",  # where the agent is
)

# The blanks around a name are taken off afterwards: a pattern for them would try each way to share them out.
_VARIABLE = re.compile(r"\{\{([^{}]*)\}\}")


def unknown_in(text: str) -> list[str]:
    """What stands in the text as a variable and is none, each once: `{{` without its end too."""
    named = [name for name in _named_in(text) if name not in VARIABLES]
    broken = ["{{"] if "{{" in _VARIABLE.sub("", text) else []
    return list(dict.fromkeys([*named, *broken]))


def open_in(text: str) -> list[str]:
    """The variables that the text still leaves open, each once."""
    return list(dict.fromkeys(name for name in _named_in(text) if name in VARIABLES))


def _named_in(text: str) -> list[str]:
    return [name.strip() for name in _VARIABLE.findall(text)]
