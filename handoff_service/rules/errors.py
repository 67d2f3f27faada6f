"""What is wrong with a rule set, and exactly where."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Mistake:
    """`path` is the place as people read it (`rules[3].when.all[0].sentimnt`, or `line 4, column 7` when the
    text is no YAML), empty for the whole document; `reason` says what is wrong there."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class RuleError(ValueError):
    """A rule set that is refused, with all its `mistakes`; `path` and `reason` are those of the first."""

    def __init__(self, path: str, reason: str, *more: Mistake) -> None:
        self.mistakes = (Mistake(path, reason), *more)
        super().__init__("; ".join(map(str, self.mistakes)))
        self.path = path
        self.reason = reason


class Findings:
    """Reads on after a mistake, so that all of them can be told at once."""

    def __init__(self) -> None:
        self._mistakes: list[Mistake] = []

    def read[**Given, Result](
        self, part: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
    ) -> Result | None:
        """What `part` gives, None where it finds a mistake. Nothing else may be made of a None."""
        try:
            return part(*given, **named)
        except RuleError as error:
            self._mistakes += error.mistakes
            return None

    def add(self, path: str, reason: str) -> None:
        self._mistakes.append(Mistake(path, reason))

    def done(self) -> None:
        """Raises `RuleError` if anything was wrong."""
        if self._mistakes:
            first, *more = self._mistakes
            raise RuleError(first.path, first.reason, *more)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """The reason for an unknown name: the likely meant one, else all there are."""
    names = list(known)
    close = get_close_matches(name, names, n=1)
    return (
        f"unknown {what}, did you mean {close[0]}?" if close else f"unknown {what}; known: {', '.join(names)}"
    )
