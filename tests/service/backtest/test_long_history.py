"""A history as the benchmark makes it: thousands of turns, shifts, marks, skills."""

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from benchmarks.backtest_speed import measure, write
from handoff_service.backtest import repository
from handoff_service.rules.service import SHIPPED_FILE
from tests.service.backtest.histories import ON_SQLITE
from tests.service.cli.test_cli import environment

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory):
    """`history(turns)`: a database that holds so many, made once."""
    folder = tmp_path_factory.mktemp("histories")

    def made(turns: int) -> Path:
        path = folder / f"{turns}.db"
        if not path.exists():
            write(path, turns, kinds=100)
        return path

    return made


@ON_SQLITE
def test_the_same_backtest_gives_the_same_bytes_in_every_process(history, settings, tmp_path) -> None:
    draft = tmp_path / "draft.yaml"
    shipped = SHIPPED_FILE.read_text(encoding="utf-8")
    draft.write_text(shipped.replace("sentiment: {lte: -0.4}", "sentiment: {lte: -0.6}"), encoding="utf-8")
    outputs = []
    for seed in ("1", "2", "random"):
        out = tmp_path / f"{seed}.json"
        done = subprocess.run(
            [sys.executable, "-m", "handoff_service.cli", "backtest", "--rules", draft, "--json", out],
            cwd=ROOT,
            env={
                **environment(settings),
                "PATH": os.environ["PATH"],
                "PYTHONHASHSEED": seed,
                "HANDOFF_DATABASE_URL": f"sqlite:///{history(1_500)}",
            },
            capture_output=True,
            check=True,
        )
        outputs.append((done.stdout, out.read_bytes()))

    assert outputs[0] == outputs[1] == outputs[2]
    assert outputs[0][1].count(b'"category": "not_by_then"') > 5, "the draft changes something"


def test_memory_does_not_grow_with_history(history, monkeypatch) -> None:
    monkeypatch.setattr(repository, "PAGE", 20)
    monkeypatch.setattr(repository, "CHUNK", 20)
    peaks = {}
    written = {turns: history(turns) for turns in (1_500, 4_500)}
    measure(written[1_500])  # what is loaded and cached at the first time is no growth
    for turns, path in written.items():
        tracemalloc.start()
        measure(path)
        peaks[turns] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert peaks[4_500] < 1.3 * peaks[1_500], peaks
