"""The guides name what the console has: its keys, its lists, its pages and settings."""

import json
import re

import pytest

from scripts.settings import ROOT
from tests.service.docs.pages import blocks, cells, page

GUIDES = {"en": "docs/guide/{}.md", "zh-CN": "docs/guide/{}.zh-CN.md"}
SOURCE = ROOT / "console" / "src"
PRINTED = {"Escape": "Esc", "ArrowDown": "↓", "ArrowUp": "↑"}


def words(language: str) -> dict[str, str]:
    """The console's words by key."""
    files = sorted((SOURCE / "i18n" / language).glob("*.json"))
    return {key: word for file in files for key, word in json.loads(file.read_text("utf-8")).items()}


def shortcuts() -> set[str]:
    """The keys of the console's table, as they are printed on a key."""
    table = (SOURCE / "shortcuts" / "table.ts").read_text("utf-8")
    keys = {key for listed in re.findall(r"keys: \[(.+?)\]", table) for key in re.findall(r'"(.+?)"', listed)}
    return {re.sub("|".join(PRINTED), lambda match: PRINTED[match[0]], key) for key in keys}


@pytest.mark.parametrize("language", GUIDES)
def test_the_agents_guide_lists_every_key(language: str) -> None:
    rows = [row for row in cells(GUIDES[language].format("agent")) if row[0].startswith("`")]

    assert {key for row in rows for key in re.findall(r"`(.+?)`", row[0])} == shortcuts()


@pytest.mark.parametrize("language", GUIDES)
def test_the_agents_guide_lists_every_section_of_the_inbox(language: str) -> None:
    table = (SOURCE / "stores" / "sections.ts").read_text("utf-8")
    listed = re.search(r"SECTIONS = \[(.+?)\]", table)
    assert listed
    sections = [words(language)[f"list.{name}"] for name in re.findall(r'"(\w+)"', listed[1])]

    rows = [row[0] for row in cells(GUIDES[language].format("agent"))]

    assert len(sections) > 5
    assert [section for section in sections if section not in rows] == []


@pytest.mark.parametrize("language", GUIDES)
def test_the_supervisors_guide_names_every_page(language: str) -> None:
    table = (SOURCE / "pages" / "pages.ts").read_text("utf-8")
    pages = [words(language)[f"page.{name}"] for name in re.findall(r'\{ id: "(\w+)"', table)]

    guide = page(GUIDES[language].format("supervisor")).lower()

    assert len(pages) > 5
    assert [name for name in pages if name.lower() not in guide] == []


def test_taking_over_is_the_same_in_both_languages() -> None:
    english, chinese = (blocks(f"docs/api/take-over{ending}.md") for ending in ("", ".zh-CN"))

    assert len(english) > 10
    assert chinese == english
