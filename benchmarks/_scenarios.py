"""Scripted conversations (tests/scenarios/*.yml, see the README there), read and checked."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent.parent / "tests" / "scenarios"
LANGUAGES = ("zh", "en", "mixed")
TIERS = ("gold", "platinum")
PRIORITIES = ("normal", "high", "urgent")
MOST_TURNS = 8

_OF_FILE = {"group": str, "trap": bool, "about": str, "scenarios": list}
_OF_FILE_OPTIONAL = {"rules": list, "skills": list, "priority": str}
_OF_SCENARIO = {"id": str, "language": str, "turns": list, "handoff": (int, str)}
_OF_SCENARIO_OPTIONAL = {"tier": str, "priority": str}


class BadScenario(Exception):
    """A file does not have the form; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a customer types and what must come of it.

    `handoff` is the turn that must hand over, counted from 1, or None for never. `rules` (any of them),
    `skills` and `priority` say more about the handoff where that is settled; they do not count in the score.
    """

    id: str
    group: str
    trap: bool
    language: str
    tier: str | None
    turns: tuple[str, ...]
    handoff: int | None
    rules: tuple[str, ...]
    skills: tuple[str, ...]
    priority: str | None


def load(folder: Path = FOLDER) -> list[Scenario]:
    """All of them, by file name. Raises BadScenario, also when there is none."""
    scenarios = [
        scenario
        for path in sorted(folder.glob("*.yml"))
        for scenario in parse(yaml.safe_load(path.read_text(encoding="utf-8")), path.stem)
    ]
    if not scenarios:
        raise BadScenario(f"There are no scenarios in {folder}.")
    return scenarios


def first_scores(folder: Path = FOLDER) -> dict[str, float]:
    """By group, language and overall (`all`): the share of right ones before anything was tuned."""
    counts = json.loads((folder / "first_score.json").read_text(encoding="utf-8"))
    return {name: right / total for name, (right, total) in counts.items()}


def parse(document: Any, name: str) -> list[Scenario]:
    """The scenarios of one file, `name` being its name without the ending."""
    _check(document, name, _OF_FILE, _OF_FILE_OPTIONAL)
    if document["group"] != name:
        _refuse(name, f"the group is {document['group']!r}, the file another")
    scenarios = list(_scenarios(document, name))
    ids = [scenario.id for scenario in scenarios]
    for repeated in sorted({id for id in ids if ids.count(id) > 1}):
        _refuse(repeated, "the id is given twice")
    if not document["trap"] and any(scenario.handoff is None for scenario in scenarios):
        _refuse(name, "`handoff: never` is for traps")
    return scenarios


def _scenarios(document: dict[str, Any], name: str) -> Iterator[Scenario]:
    for number, given in enumerate(document["scenarios"], 1):
        where = str(given.get("id", "")) if isinstance(given, dict) else ""
        where = where or f"{name}, scenario {number}"
        _check(given, where, _OF_SCENARIO, _OF_SCENARIO_OPTIONAL)
        turns, handoff = given["turns"], given["handoff"]
        if not given["id"].startswith(f"{name}-"):
            _refuse(where, f"the id must begin with {name}-")
        if given["language"] not in LANGUAGES:
            _refuse(where, f"language must be one of {', '.join(LANGUAGES)}")
        if not 1 <= len(turns) <= MOST_TURNS or not all(isinstance(turn, str) for turn in turns):
            _refuse(where, f"turns must be 1 to {MOST_TURNS} texts")
        if handoff not in ("never", len(turns)):
            _refuse(where, f"handoff must be `never` or the last turn, {len(turns)}")
        if given.get("tier") not in (None, *TIERS):
            _refuse(where, f"tier must be one of {', '.join(TIERS)}")
        priority = given.get("priority", document.get("priority"))
        if priority not in (None, *PRIORITIES):
            _refuse(where, f"priority must be one of {', '.join(PRIORITIES)}")
        yield Scenario(
            id=given["id"],
            group=name,
            trap=document["trap"],
            language=given["language"],
            tier=given.get("tier"),
            turns=tuple(turns),
            handoff=None if handoff == "never" else handoff,
            rules=tuple(document.get("rules", ())),
            skills=tuple(document.get("skills", ())),
            priority=priority,
        )


def _check(given: Any, where: str, needed: dict[str, Any], optional: dict[str, Any]) -> None:
    if not isinstance(given, dict):
        _refuse(where, "must be a mapping")
    for key in needed:
        if key not in given:
            _refuse(where, f"{key} is missing")
    for key, value in given.items():
        kind = (needed | optional).get(key)
        if kind is None:
            _refuse(where, f"{key!r} is not known")
        elif not isinstance(value, kind):
            _refuse(where, f"{key} must not be {value!r}")


def _refuse(where: str, why: str) -> None:
    raise BadScenario(f"{where}: {why}.")
