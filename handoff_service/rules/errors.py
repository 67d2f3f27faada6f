"""What is wrong with a rule set, and exactly where."""

from collections.abc import Iterable
from difflib import get_close_matches


class RuleError(ValueError):
    """A rule set that is refused.

    `path` is the place as people read it (`rules[3].when.all[0].sentimnt`, or `line 4, column 7` when the
    text is no YAML), empty for the whole document; `reason` says what is wrong there.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """The reason for an unknown name: the likely meant one, else all there are."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return (
        f"unknown {what}, did you mean {close[0]}?" if close else f"unknown {what}; known: {', '.join(names)}"
    )
