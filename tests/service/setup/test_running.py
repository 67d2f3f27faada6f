"""Suites beside each other: which of them yields to which, and that each is heard."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts import suites, test
from scripts.suites import Suite

TELLS = """
import os, sys
print("niceness", os.nice(0))
with open(sys.argv[1], "w") as report:
    report.write("<testsuite><testcase name='one'/></testsuite>")
"""


class Told(Suite):
    """A suite of one test, which passes and says how nice it is."""

    def command(self, report: Path, extra: Sequence[str]) -> list[str]:
        return [sys.executable, "-c", TELLS, str(report)]


def told(name: str, *, first: bool = False) -> Suite:
    return Told(name, first=first, needs_model=False, needs_console=False)


@pytest.fixture(autouse=True)
def _anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(test, "REPORTS", tmp_path)
    monkeypatch.setattr(suites, "missing", lambda _: False)


def niceness(folder: Path, name: str) -> int:
    return int((folder / f"{name}.log").read_text().removeprefix("niceness"))


def test_all_others_yield_to_the_first(tmp_path: Path) -> None:
    total = test.run([told("one"), told("two"), told("servers", first=True)], [], {})

    assert total.total_line() == "3 passed, 0 failed, 0 skipped"
    usual = niceness(tmp_path, "servers")
    assert [niceness(tmp_path, name) for name in ("one", "two")] == [min(usual + test.YIELDING, 19)] * 2


def test_without_one_that_comes_first_nobody_yields(tmp_path: Path) -> None:
    test.run([told("one"), told("two")], [], {})

    assert niceness(tmp_path, "one") == niceness(tmp_path, "two") == os.nice(0)
