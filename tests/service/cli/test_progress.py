"""The line that tells how far long work is."""

import contextlib
import io

import pytest

from handoff_service.cli import progress
from handoff_service.cli.progress import Progress


class Screen(io.StringIO):
    """Standard error, as a terminal or not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def drawn(total: int, *, terminal: bool) -> str:
    with contextlib.redirect_stderr(Screen(terminal=terminal)) as screen:
        bar = Progress(total)
        for done in range(1, total + 1):
            bar(done)
        bar.end()
    return screen.getvalue()


def test_it_fills_while_the_work_goes_on_and_is_wiped_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0)

    *lines, wiped = drawn(1_024, terminal=True).split("\r")[1:]

    assert [line.split("%")[0].split()[-1] for line in lines] == ["25", "50", "75", "100"]
    assert lines[1].count("█") == progress.WIDTH / 2
    assert lines[-1].endswith("1,024/1,024")
    assert wiped == "\x1b[K"


def test_where_nobody_watches_nothing_is_drawn() -> None:
    assert drawn(1_024, terminal=False) == ""
