"""The pages speak Chinese and English completely: no text is missing, none is left over."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

import handoff_service
from handoff_service.agents.schemas import Presence
from handoff_service.conversations import ownership, service
from handoff_service.conversations.schemas import ConversationView, MessageView
from handoff_service.decision.fields import FIELDS
from handoff_service.errors import Conflict
from handoff_service.problems import _kebab

SERVICE = Path(handoff_service.__file__).parent
PAGES = SERVICE / "pages"
STATIC = PAGES / "static"
LANGUAGES = ("zh", "en")

MARKED = re.compile(r'data-i18n(?:-\w+)?="([^"]+)"')
LITERAL = re.compile(r'"([a-z]+(?:\.[a-z0-9_-]+)+)"')
BUILT_FROM_PREFIX = re.compile(r"`([a-z._]+\.)\$\{\w[\w.]*\}`")
BUILT_FROM_SUFFIX = re.compile(r"`\$\{\w+\}(\.[a-z_]+)`")
PENDING_OWNER = re.compile(r"^owner\.(mine|other|bot|queue)(_pending)?$")  # built from two parts
PLACEHOLDER = re.compile(r"\{(\w+)\}")
HAN = re.compile(r"[一-鿿]")

NOT_TEXTS = {
    *("conversation.updated", "conversation.left", "message.added", "message.updated", "agent.updated"),
    *("baton.language", "baton.visit", "baton.unsent.", "select.language"),
}
"""Names with a dot in the scripts that are events of the stream, keys of the browser's storage, selectors."""

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
    suffixes = tuple(BUILT_FROM_SUFFIX.findall(SCRIPT_SOURCE))
    unused = [
        key
        for key in EN
        if key not in used
        and not key.startswith(prefixes)
        and not key.endswith(suffixes)
        and not PENDING_OWNER.match(key)
    ]
    assert unused == []


def test_every_shipped_rule_has_a_name() -> None:
    document = yaml.safe_load((SERVICE / "rules" / "default.yml").read_text(encoding="utf-8"))
    assert {f"rule.{rule['id']}" for rule in document["rules"]} - EN.keys() == set()


def test_every_field_that_a_rule_may_test_has_a_name() -> None:
    assert {f"signal.{name}" for name in FIELDS} - EN.keys() == set()


def test_every_value_that_the_api_may_give_has_words() -> None:
    values = {
        "author": _choices(MessageView, "author"),
        "delivery": _choices(MessageView, "delivery") - {"failed"},  # told with its reason
        "presence": set(get_args(Presence)),
        "priority": _choices(ConversationView, "priority") - {"normal"},  # not worth a word
    }
    wanted = {f"{family}.{value}" for family, names in values.items() for value in names}
    assert wanted | {"delivery.failed"} <= EN.keys()


def test_every_way_of_being_too_late_has_its_own_words() -> None:
    modules = (ownership, service)
    refusals = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Conflict) and kind is not Conflict
    }
    assert refusals
    assert {f"problem.{_kebab(kind.__name__)}" for kind in refusals} - EN.keys() == set()


def _choices(model: type, field: str) -> set[str]:
    found: set[str] = set()
    todo = [model.model_fields[field].annotation]  # type: ignore[attr-defined]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            found.add(part)
        todo.extend(get_args(part))
    return found
