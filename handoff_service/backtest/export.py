"""A backtest as a JSON file: every case, written as it comes, then the result."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Export:
    """`{"cases": […], "result": {…}}` with sorted keys; the same backtest gives the same bytes."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._cases = 0
        self._file.write('{"cases": [')

    def case(self, case: dict[str, Any]) -> None:
        self._file.write(",\n" if self._cases else "\n")
        self._file.write(_json(case))
        self._cases += 1

    def result(self, result: dict[str, Any]) -> None:
        self._file.write(f'],\n"result": {_json(result)}}}\n')

    def close(self) -> None:
        self._file.close()


@contextmanager
def exported(path: Path) -> Iterator[Export]:
    """The file is there, complete, when the block ends; one that was there before stays when it fails."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    export = Export(unfinished)
    try:
        yield export
        export.close()
        unfinished.replace(path)
    finally:
        export.close()
        unfinished.unlink(missing_ok=True)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
