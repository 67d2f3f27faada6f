"""Callers who do something at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def at_once(*callers: Callable[[], Any]) -> list[Any]:
    """What each of them got."""
    ready = threading.Barrier(len(callers))

    def run(caller: Callable[[], Any]) -> Any:
        ready.wait()
        return caller()

    with ThreadPoolExecutor(len(callers)) as pool:
        return list(pool.map(run, callers))
