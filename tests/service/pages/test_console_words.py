"""The console has words for every code that the service gives. (Its own tests compare the languages.)"""

import json
from typing import get_args

import yaml

from handoff_service.agents.schemas import Presence
from handoff_service.canned import service as canned
from handoff_service.canned.variables import VARIABLES
from handoff_service.closing import service as closing
from handoff_service.conversations import ownership, recalling, service
from handoff_service.conversations.schemas import ConversationView, MessageView
from handoff_service.decision.fields import FIELDS
from handoff_service.errors import Conflict
from handoff_service.problems import _kebab
from scripts.settings import ROOT

WORDS = {
    key
    for table in (ROOT / "console/src/i18n/en").glob("*.json")
    for key in json.loads(table.read_text(encoding="utf-8"))
}


def test_every_shipped_rule_has_a_name() -> None:
    document = yaml.safe_load((ROOT / "handoff_service/rules/default.yml").read_text(encoding="utf-8"))

    assert {f"rule.{rule['id']}" for rule in document["rules"]} - WORDS == set()


def test_every_field_that_a_rule_may_test_has_a_name() -> None:
    assert {f"signal.{name}" for name in FIELDS} - WORDS == set()


def test_every_topic_has_a_name() -> None:
    assert {f"topic.{topic}" for topic in FIELDS["topic"].choices} - WORDS == set()


def test_every_value_that_the_api_may_give_has_words() -> None:
    values = {
        "author": _choices(MessageView, "author"),
        "delivery": _choices(MessageView, "delivery"),
        "presence": set(get_args(Presence)),
        "priority": _choices(ConversationView, "priority") - {"normal"},  # not worth a word
    }

    assert {f"{family}.{value}" for family, names in values.items() for value in names} - WORDS == set()


def test_every_way_of_being_too_late_has_its_own_words() -> None:
    refusals = {
        kind
        for module in (ownership, service, recalling, canned, closing)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Conflict) and kind is not Conflict
    }

    assert refusals
    assert {f"problem.{_kebab(kind.__name__)}" for kind in refusals} - WORDS == set()


def test_every_variable_of_a_canned_answer_has_a_name_and_is_filled_in() -> None:
    filling = (ROOT / "console/src/canned/filling.ts").read_text(encoding="utf-8")

    assert {f"canned.variable.{name}" for name in VARIABLES} - WORDS == set()
    assert [name for name in VARIABLES if f'"{name}": ' not in filling] == []


def _choices(model: type, field: str) -> set[str]:
    found: set[str] = set()
    todo = [model.model_fields[field].annotation]  # type: ignore[attr-defined]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            found.add(part)
        todo.extend(get_args(part))
    return found
