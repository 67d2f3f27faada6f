"""The rules' file, read again only when it has changed on disk.

What is remembered is a cache of what the disk says and nothing more: lose it, and the file is read again.
"""

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

import structlog

from handoff_service.decision.rules import RuleSet
from handoff_service.rules.errors import RuleError
from handoff_service.rules.parsing import parse_rules

log = structlog.get_logger(__name__)

type Stamp = tuple[
    int, int, int
]  # modified (ns), size, inode: an editor may replace the file within one tick


@dataclass(frozen=True, slots=True)
class Source:
    """A valid rule set as it was written, and what it means."""

    text: str
    sha256: str
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class _Look:
    stamp: Stamp | None
    good: Source | None  # the last valid content, also when the present one is not
    error: str | None


_looks: dict[Path, _Look] = {}
_lock = threading.Lock()


def last_good(path: Path) -> tuple[Source | None, str | None]:
    """The newest valid content that this process has seen, and what is wrong with the file as it is now.

    A bad or unreadable file is logged once per change.
    """
    path = path.absolute()
    with _lock:
        before = _looks.get(path, _Look(None, None, None))
        stamp = _stamp(path)
        if path not in _looks or stamp != before.stamp:
            _looks[path] = _look(path, stamp, before.good)
        look = _looks[path]
    return look.good, look.error


def parse(text: str) -> Source:
    """Raises `RuleError`."""
    return Source(text, hashlib.sha256(text.encode()).hexdigest(), parse_rules(text))


def _stamp(path: Path) -> Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _look(path: Path, stamp: Stamp | None, good: Source | None) -> _Look:
    try:
        return _Look(stamp, parse(path.read_text(encoding="utf-8")), None)
    except RuleError as error:
        place, reason = error.path, error.reason
    except UnicodeDecodeError:
        place, reason = "", "not UTF-8"
    except OSError as error:
        place, reason = "", error.strerror or "not readable"
    log.error("rules.refused", file=str(path), place=place, reason=reason)
    return _Look(stamp, good, f"{place}: {reason}" if place else reason)
