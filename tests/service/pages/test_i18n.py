"""The customer's page speaks Chinese and English completely: no text is missing, none is left over."""

import json
import re
from pathlib import Path

import pytest

import handoff_service

PAGES = Path(handoff_service.__file__).parent / "pages"
STATIC = PAGES / "static"
LANGUAGES = ("zh", "en")

MARKED = re.compile(r'data-i18n(?:-\w+)?="([^"]+)"')
LITERAL = re.compile(r'"([a-z]+(?:\.[a-z0-9_-]+)+)"')
BUILT_FROM_PREFIX = re.compile(r"`([a-z._]+\.)\$\{\w[\w.]*\}`")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
HAN = re.compile(r"[一-鿿]")

NOT_TEXTS = {"baton.language", "baton.visit", "select.language"}
"""Names with a dot in the scripts that are keys of the browser's storage, or selectors."""

SAME_IN_BOTH = {"language.code", "author.named"}
"""Texts without a word of their own."""


def table(language: str) -> dict[str, str]:
    def unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), f"twice: {sorted({key for key in keys if keys.count(key) > 1})}"
        return dict(pairs)

    source = (STATIC / "i18n" / f"{language}.json").read_text(encoding="utf-8")
    return json.loads(source, object_pairs_hook=unique)


ZH, EN = table("zh"), table("en")
PAGE_SOURCE = "".join(path.read_text(encoding="utf-8") for path in sorted(PAGES.glob("*.html")))
SCRIPT_SOURCE = "".join(path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("*.js")))


def test_both_languages_have_the_same_keys() -> None:
    assert ZH.keys() == EN.keys()


@pytest.mark.parametrize("key", sorted(EN))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    assert sorted(PLACEHOLDER.findall(ZH[key])) == sorted(PLACEHOLDER.findall(EN[key]))


def test_each_text_is_in_its_own_language() -> None:
    assert [key for key, text in ZH.items() if key not in SAME_IN_BOTH and not HAN.search(text)] == []
    assert [key for key, text in EN.items() if HAN.search(text) or not text.strip()] == []


def test_every_key_that_a_page_marks_exists() -> None:
    assert set(MARKED.findall(PAGE_SOURCE)) - EN.keys() == set()


def test_every_key_that_a_script_names_exists() -> None:
    assert set(LITERAL.findall(SCRIPT_SOURCE)) - NOT_TEXTS - EN.keys() == set()


@pytest.mark.parametrize("prefix", sorted(set(BUILT_FROM_PREFIX.findall(SCRIPT_SOURCE)) - NOT_TEXTS))
def test_every_family_that_a_script_builds_from_exists(prefix: str) -> None:
    assert [key for key in EN if key.startswith(prefix)]


def test_no_text_is_left_over() -> None:
    used = set(MARKED.findall(PAGE_SOURCE)) | set(LITERAL.findall(SCRIPT_SOURCE))
    prefixes = tuple(BUILT_FROM_PREFIX.findall(SCRIPT_SOURCE))
    assert [key for key in EN if key not in used and not key.startswith(prefixes)] == []
