"""Where the time of a turn goes, made of what the timers of `_parts.py` have written."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks._parts import ACTION_SERVER, COMMIT, DECIDING, POST_TURNS, SIGNALS, SQL, TOTAL

Turn = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Means:
    """Per turn: calls and milliseconds of each part."""

    calls: Mapping[str, float]
    ms: Mapping[str, float]

    @property
    def rest(self) -> float:
        """What no timer is around."""
        return 2 * self.ms[TOTAL] - sum(self.ms.values())


@dataclass(frozen=True)
class Row:
    """Milliseconds of a part; `bare` is None for what bare Rasa does not have. `depth`: 0, or within the part
    above that is less deep."""

    name: str
    bare: float | None
    own: float
    depth: int = 0


def read(file: Path, turns: int) -> list[Turn]:
    """The last `turns` turns of a process."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()[-turns:]]


def means(turns: Sequence[Turn]) -> Means:
    names = dict.fromkeys(name for turn in turns for name in turn)
    sums = {name: [sum(turn.get(name, (0, 0))[i] for turn in turns) for i in (0, 1)] for name in names}
    return Means(
        {name: calls / len(turns) for name, (calls, _) in sums.items()},
        {name: seconds / len(turns) * 1000 for name, (_, seconds) in sums.items()},
    )


def rows(
    bare: Means, rasa: Means, actions: Means, handoff: Means, bare_ms: float, own_ms: float
) -> list[Row]:
    """The rows without depth add up to the whole turn as its caller sees it, `bare_ms` and `own_ms`."""
    parts = sorted(rasa.ms.keys() - {TOTAL}, key=lambda part: -rasa.ms[part])
    table: list[Row] = []
    for part in parts:
        table.append(Row(part, bare.ms.get(part, 0.0), rasa.ms[part]))
        if part == ACTION_SERVER:
            table += _in_action_server(rasa, actions, handoff)
    table.append(Row("the rest of handling a message", bare.rest, rasa.rest))
    table.append(Row("HTTP in and out", bare_ms - bare.ms[TOTAL], own_ms - rasa.ms[TOTAL]))
    return table


def _in_action_server(rasa: Means, actions: Means, handoff: Means) -> Iterator[Row]:
    yield Row("signals", None, actions.ms[SIGNALS], 1)
    yield Row("POST /turns", None, actions.ms[POST_TURNS], 1)
    yield Row(f"{handoff.calls[SQL]:.0f} SQL statements", None, handoff.ms[SQL], 2)
    yield Row("the commit, on disk", None, handoff.ms[COMMIT], 2)
    yield Row("deciding and storing", None, handoff.ms[DECIDING], 2)
    yield Row("the rest of the service", None, handoff.rest, 2)
    yield Row("HTTP to the service", None, actions.ms[POST_TURNS] - handoff.ms[TOTAL], 2)
    rest = rasa.ms[ACTION_SERVER] - actions.ms[SIGNALS] - actions.ms[POST_TURNS]
    yield Row("HTTP to the action server and the rest of it", None, rest, 1)


def printed(row: Row, own_ms: float) -> str:
    bare = "" if row.bare is None else f"{row.bare:.1f}"
    return f"  {'  ' * row.depth + row.name:<52} {bare:>7} {row.own:>7.1f}   {row.own / own_ms:>4.0%}"
