"""As what a network shows a file: each kind may have its own size, and what is larger goes as any file."""

from collections.abc import Mapping
from typing import Any

MEGABYTE = 1024 * 1024


def kind_of(file: Mapping[str, Any], kinds: Mapping[str, tuple[str, int]], otherwise: str) -> str:
    """`kinds`: by type, what the network calls it and how many bytes it may have."""
    kind, most = kinds.get(file["type"].partition(";")[0], (otherwise, 0))
    return kind if file.get("size", 0) <= most else otherwise
