"""What the timers of the cost benchmark measure, and that the shares add up."""

import asyncio
import json
import time

import pytest

from benchmarks import _parts, _shares
from benchmarks._parts import ACTION_SERVER, COMMIT, DECIDING, POST_TURNS, SIGNALS, SQL, TOTAL


@pytest.fixture
def written(tmp_path, monkeypatch):
    file = tmp_path / "rasa.parts"
    monkeypatch.setenv("TURN_PARTS", str(file))
    return lambda: [json.loads(line) for line in file.read_text().splitlines()]


def spend(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


def test_a_parts_time_is_its_own(written):
    inner = _parts.timed("inner", lambda: spend(0.02))

    def outer():
        spend(0.01)
        inner()
        inner()

    async def turn():
        _parts.timed("outer", outer)()
        await asyncio.sleep(0.01)

    asyncio.run(_parts.timed(TOTAL, turn)())
    [turn] = written()
    assert turn["inner"][0] == 2
    assert turn["inner"][1] >= 0.04
    assert 0.01 <= turn["outer"][1] < 0.04
    assert turn[TOTAL][1] >= turn["inner"][1] + turn["outer"][1] + 0.01


def test_outside_a_turn_nothing_is_timed_and_errors_pass(written, tmp_path):
    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        _parts.timed("part", fail)()
    assert not (tmp_path / "rasa.parts").exists()
    with pytest.raises(ValueError, match="no"):
        _parts.timed(TOTAL, _parts.timed("part", fail))()
    [turn] = written()
    assert set(turn) == {"part", TOTAL}


def test_the_last_turns_are_read_and_a_part_that_a_turn_lacks_counts_as_nothing(tmp_path):
    turns = [{TOTAL: [1, 9]}, {TOTAL: [1, 0.02], SQL: [2, 0.01]}, {TOTAL: [1, 0.04]}]
    (tmp_path / "x.parts").write_text("".join(json.dumps(turn) + "\n" for turn in turns))
    means = _shares.means(_shares.read(tmp_path / "x.parts", 2))
    assert (means.ms[TOTAL], means.ms[SQL], means.calls[SQL]) == (30, 5, 1)
    assert means.rest == 25


def test_the_shares_add_up_at_every_depth():
    def means(**ms):
        return _shares.Means(
            dict.fromkeys(ms, 1), {name.replace("_", " "): value for name, value in ms.items()}
        )

    bare = means(total=18, NLU=5)
    rasa = means(total=40, NLU=6, action_server=20, policies=4)
    actions = _shares.Means({}, {TOTAL: 16, SIGNALS: 3, POST_TURNS: 12})
    handoff = _shares.Means({SQL: 16}, {TOTAL: 9, DECIDING: 4, SQL: 2, COMMIT: 1})
    table = _shares.rows(bare, rasa, actions, handoff, 20, 43)
    outer = [row for row in table if row.depth == 0]
    assert [row.name for row in outer][:3] == [ACTION_SERVER, "NLU", "policies"]
    assert sum(row.own for row in outer) == 43
    assert sum(row.bare or 0 for row in outer) == 20
    assert sum(row.own for row in table if row.depth == 1) == 20
    assert sum(row.own for row in table if row.depth == 2) == 12
    assert _shares.printed(table[0], 43).split() == ["action", "server", "0.0", "20.0", "47%"]
