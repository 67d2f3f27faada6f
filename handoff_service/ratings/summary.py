"""How satisfied customers were, all together and by whom they met. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from handoff_service.ratings.schemas import SatisfactionOf, SatisfactionOut

type Key = tuple[str | None, str | None]
"""Name and id."""


@dataclass(frozen=True, slots=True)
class Count:
    """So many questions with the same answer; `score` None: none given. `team`: the agent's of today."""

    agent: Key
    team: Key
    channel: str
    score: int | None
    count: int


def summarise(counts: Sequence[Count]) -> SatisfactionOut:
    return SatisfactionOut(
        **_figures(counts),
        agents=_groups((each.agent, each) for each in counts),
        teams=_groups((each.team, each) for each in counts),
        channels=_groups(((None, each.channel), each) for each in counts),
    )


def _groups(keyed: Iterable[tuple[Key, Count]]) -> list[SatisfactionOf]:
    """By name, what has none last."""
    groups: dict[Key, list[Count]] = {}
    for key, each in keyed:
        groups.setdefault(key, []).append(each)
    order = sorted(groups, key=lambda key: [(part is None, part or "") for part in key])
    return [SatisfactionOf(name=name, id=id_, **_figures(groups[name, id_])) for name, id_ in order]


def _figures(counts: Iterable[Count]) -> dict[str, Any]:
    scores, asked = [0] * 5, 0
    for each in counts:
        asked += each.count
        if each.score is not None:
            scores[each.score - 1] += each.count
    answered = sum(scores)
    total = sum(score * count for score, count in enumerate(scores, start=1))
    average = total / answered if answered else None
    return {"asked": asked, "answered": answered, "average": average, "scores": scores}
