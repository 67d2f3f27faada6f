"""The repository's Markdown pages, taken apart."""

import re
from dataclasses import dataclass

from scripts.settings import ROOT

_FENCE = re.compile(r"^```(?P<tag>.*)\n(?P<body>(?:.*\n)*?)```$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; `tag` is what follows the opening fence, such as `bash take-over`."""

    tag: str
    body: str


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, tag: str | None = None) -> list[Block]:
    """The page's fenced blocks in order; with a tag, those only."""
    found = [Block(match["tag"], match["body"]) for match in _FENCE.finditer(page(name))]
    return [block for block in found if tag is None or block.tag == tag]


def cells(name: str) -> list[list[str]]:
    """The rows of all its tables, without the header's rule."""
    rows = [line for line in page(name).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if "---" not in row]
