"""Dialogues to learn from: what they hold, and how they are read from a JSONL file."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from handoff_service.errors import Problem

type Role = Literal["user", "bot"]

TOKENS = 50
"""Tokens of a turn that are looked at: what a long text is about shows early, and the cost stays bounded."""

_WORD = re.compile(r"[a-z0-9]+(?:['’_-][a-z0-9]+)*|[㐀-鿿豈-﫿]|[^\w\s]")


class BadDialogues(Problem):
    """A file of dialogues that cannot be used; the message names file, line and reason."""

    status = 422
    title = "The dialogues cannot be used"


@dataclass(frozen=True, slots=True)
class Said:
    """One turn. `pos` are the tokens' parts of speech, empty where nobody knows them."""

    role: Role
    tokens: tuple[str, ...]
    pos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """`labels`: per turn 1 where it should be handed over, else 0."""

    id: str
    turns: tuple[Said, ...]
    labels: tuple[int, ...]


def said(role: Role, text: str) -> Said:
    """A turn of plain text: Latin words and numbers in lower case, Chinese characters, other signs."""
    return Said(role, tuple(_WORD.findall(text[: TOKENS * 20].lower())[:TOKENS]))


def read_dialogues(path: Path) -> list[Dialogue]:
    """Every dialogue of a JSONL file, all or none. Raises BadDialogues; empty lines are skipped."""
    found: list[Dialogue] = []
    seen: dict[str, int] = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    dialogue = _dialogue(json.loads(line))
                    if dialogue.id in seen:
                        raise ValueError(f"the id is already that of line {seen[dialogue.id]}")
                except (ValueError, RecursionError) as error:
                    reason = "is no JSON" if isinstance(error, json.JSONDecodeError) else str(error)
                    raise BadDialogues(f"{path}, line {number}: {reason}.") from None
                seen[dialogue.id] = number
                found.append(dialogue)
    except OSError as error:
        raise BadDialogues(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadDialogues(f"{path} is not UTF-8.") from error
    if not found:
        raise BadDialogues(f"{path} holds no dialogue.")
    return found


def _dialogue(given: Any) -> Dialogue:
    if not isinstance(given, dict):
        raise ValueError("not an object")
    name, turns = given.get("id"), given.get("turns")
    if isinstance(name, bool) or not isinstance(name, str | int) or name == "":
        raise ValueError("id is missing or neither text nor a whole number")
    if not isinstance(turns, list) or not turns:
        raise ValueError("turns is missing, empty or no list")
    read = [_turn(turn, f"turn {number}") for number, turn in enumerate(turns, 1)]
    return Dialogue(str(name), tuple(turn for turn, _ in read), tuple(label for _, label in read))


def _turn(given: Any, place: str) -> tuple[Said, int]:
    if not isinstance(given, dict):
        raise ValueError(f"{place}: not an object")
    role, label = given.get("role"), given.get("label")
    if role not in ("user", "bot"):
        raise ValueError(f"{place}: role is neither user nor bot")
    if label not in (0, 1) or isinstance(label, bool | float):
        raise ValueError(f"{place}: label is neither 0 nor 1")
    if "tokens" in given:
        tokens = _texts(given["tokens"], f"{place}: tokens")
        pos = _texts(given.get("pos", []), f"{place}: pos")
        if pos and len(pos) != len(tokens):
            raise ValueError(f"{place}: pos and tokens differ in number")
        return Said(role, tokens[:TOKENS], pos[:TOKENS]), label
    text = given.get("text")
    if not isinstance(text, str):
        raise ValueError(f"{place}: neither tokens nor text")
    return said(role, text), label


def _texts(given: Any, place: str) -> tuple[str, ...]:
    """Words may be given as numbers, too."""
    if not isinstance(given, list):
        raise ValueError(f"{place} is no list")
    if not all(isinstance(item, str | int) and not isinstance(item, bool) for item in given):
        raise ValueError(f"{place} holds something else than words or whole numbers")
    return tuple(str(item) for item in given)


def labels_of(dialogues: Sequence[Dialogue]) -> list[int]:
    """All labels, dialogue after dialogue."""
    return [label for dialogue in dialogues for label in dialogue.labels]
