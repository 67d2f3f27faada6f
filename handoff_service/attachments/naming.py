"""What a file may be called: a name for people, that no file system and no browser takes for more."""

import re
import unicodedata
from urllib.parse import quote

from handoff_service.attachments.sniffing import EXTENSIONS
from handoff_service.sanitize import storable

LONGEST = 120  # characters; what a row of a transcript can still show, and every file system takes
_RESERVED = re.compile(r'[<>:"/\\|?*]')


def safe_name(given: str, kind: str) -> str:
    """The name without its path, control and direction characters, with an ending that fits the type.

    `invoice<U+202E>gnp.exe` reads like a picture; without U+202E it reads as what it is.
    """
    last = re.split(r"[/\\]", storable(given))[-1]
    visible = "".join(filter(_is_shown, " ".join(last.split())))
    name = _RESERVED.sub("_", visible).rstrip(". ")
    endings = EXTENSIONS[kind]
    stem, dot, ending = name.rpartition(".")
    if not dot or ending.lower() not in endings:
        stem, ending = name, endings[0]
    stem = stem.strip(". ")[: LONGEST - len(ending) - 1].strip(". ") or "file"
    return f"{stem}.{ending}"


def disposition(name: str, *, inline: bool) -> str:
    """The header's value, for every name."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    way = "inline" if inline else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_shown(character: str) -> bool:
    """Not Cc (control), Cf (format: direction, joiners), Co, Cs, Cn, nor line and paragraph separators."""
    category = unicodedata.category(character)
    return category[0] != "C" and category not in ("Zl", "Zp")
