"""The closing categories that Baton ships with, for a shop and a bank (`default.yml`)."""

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from handoff_service.models import ClosingCategory

FILE = Path(__file__).parent / "default.yml"


def categories() -> list[ClosingCategory]:
    """Parents before their children. The ids are those of the file: the same in every installation."""
    return list(_made(_entries(), None))


@functools.cache
def _entries() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return entries


def _made(entries: Sequence[dict[str, Any]], parent_id: str | None) -> Iterator[ClosingCategory]:
    for position, entry in enumerate(entries):
        category_id = f"{parent_id}.{entry['id']}" if parent_id else str(entry["id"])
        yield ClosingCategory(
            id=category_id,
            parent_id=parent_id,
            position=position,
            names={"zh": entry["zh"], "en": entry["en"]},
            topics=entry.get("topics", []),
            active=True,
        )
        yield from _made(entry.get("below", ()), category_id)
