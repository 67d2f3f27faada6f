"""The rules' file: taken up when it changes, refused when it is wrong, kept as numbered versions."""

import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.models import AuditEntry, RuleVersion, StreamEvent
from handoff_service.rules.service import NoRules, active_rules
from handoff_service.startup import StartProblem, check
from tests.service.callers import Agents
from tests.service.desk import Desk

FIRST = """
version: 1
rules:
  - id: asks
    when: {asks_human: true}
    then: {hand_over: true}
"""
SECOND = FIRST.replace("id: asks", "id: wants_a_person")
UNREADABLE = FIRST.replace("true}", "!!bool x}", 1)
WRONG = FIRST.replace("asks_human", "asks_humn")


@pytest.fixture
def rules_file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yml"
    path.write_text(FIRST, encoding="utf-8")
    return path


@pytest.fixture
def settings_overrides(rules_file: Path) -> dict[str, Any]:
    return {"rules_file": rules_file}


def active(context: Context) -> tuple[int, list[str]]:
    with context.work() as unit:
        rules = active_rules(unit)
        return rules.version, [rule.id for rule in rules.rules]


def versions(context: Context) -> list[int]:
    with context.database.reading() as session:
        return list(session.scalars(select(RuleVersion.version).order_by(RuleVersion.version)))


def test_the_first_content_is_version_one_with_audit_and_event(context: Context) -> None:
    assert active(context) == (1, ["asks"])

    with context.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "rules.activate")).one()
        event = session.scalars(select(StreamEvent)).one()
        assert entry.details["version"] == 1
        assert (event.type, event.payload["version"]) == ("rules.updated", 1)


def test_an_edited_file_decides_from_the_next_turn_on(context: Context, rules_file: Path) -> None:
    desk = Desk(context)
    assert desk.asks("rest:1")["rule"] == "asks"

    rules_file.write_text(SECOND, encoding="utf-8")

    answer = desk.asks("rest:2")
    assert (answer["rule"], answer["rules_version"]) == ("wants_a_person", 2)


def test_the_same_content_stays_the_same_version(context: Context, rules_file: Path) -> None:
    assert active(context)[0] == 1
    rules_file.unlink()
    rules_file.write_text(FIRST, encoding="utf-8")

    assert active(context)[0] == 1
    assert versions(context) == [1]


def test_going_back_to_an_earlier_content_is_the_earlier_version(context: Context, rules_file: Path) -> None:
    for text, expected in ((FIRST, 1), (SECOND, 2), (FIRST, 1), (SECOND, 2)):
        rules_file.write_text(text, encoding="utf-8")
        assert active(context)[0] == expected

    assert versions(context) == [1, 2]


@pytest.mark.parametrize(
    ("bad", "place", "reason"),
    [
        (UNREADABLE, "rules[0].when.asks_human", "unreadable value"),
        (WRONG, "rules[0].when.asks_humn", "unknown field, did you mean asks_human?"),
        ("version: [", "line 1, column 11", "while parsing"),
        ("", "", "empty"),
    ],
)
def test_a_wrong_file_changes_nothing_and_the_log_says_where(
    context: Context, rules_file: Path, caplog: pytest.LogCaptureFixture, bad: str, place: str, reason: str
) -> None:
    assert active(context) == (1, ["asks"])
    rules_file.write_text(bad, encoding="utf-8")

    with caplog.at_level(logging.ERROR):
        assert active(context) == (1, ["asks"])
        assert active(context) == (1, ["asks"])

    told = [record for record in caplog.records if record.message == "rules.refused"]
    assert len(told) == 1  # once per change, not once per turn
    assert told[0].__dict__["place"] == place
    assert reason in told[0].__dict__["reason"] or bad == "version: ["
    assert versions(context) == [1]


@pytest.mark.parametrize("gone", ["unreadable", "missing"])
def test_a_file_that_cannot_be_read_changes_nothing(context: Context, rules_file: Path, gone: str) -> None:
    assert active(context) == (1, ["asks"])
    if gone == "missing":
        rules_file.unlink()
    else:
        rules_file.write_bytes(b"\xff\xfe rules")

    assert active(context) == (1, ["asks"])


def test_a_mended_file_is_taken_up(context: Context, rules_file: Path) -> None:
    active(context)
    rules_file.write_text(WRONG, encoding="utf-8")
    active(context)

    rules_file.write_text(SECOND, encoding="utf-8")

    assert active(context) == (2, ["wants_a_person"])


def test_a_service_that_starts_with_a_wrong_file_goes_on_with_the_stored_rules(
    context: Context, database: Database, tmp_path: Path
) -> None:
    active(context)
    elsewhere = tmp_path / "wrong.yml"  # as a new process would: it has never seen this file in order
    elsewhere.write_text(WRONG, encoding="utf-8")
    settings = context.settings.model_copy(update={"rules_file": elsewhere})

    assert active(Context(settings, database, context.clock)) == (1, ["asks"])


def test_the_very_first_start_with_a_wrong_file_ends_in_one_sentence(
    context: Context, rules_file: Path
) -> None:
    rules_file.write_text(WRONG, encoding="utf-8")

    with pytest.raises(StartProblem) as problem:
        check(context)

    sentence = str(problem.value)
    assert str(rules_file) in sentence
    assert "rules[0].when.asks_humn: unknown field, did you mean asks_human?" in sentence
    assert "\n" not in sentence
    with pytest.raises(NoRules):
        active(context)


def test_a_change_that_is_rolled_back_is_taken_up_the_next_time(context: Context, rules_file: Path) -> None:
    active(context)
    rules_file.write_text(SECOND, encoding="utf-8")

    with pytest.raises(RuntimeError), context.work() as unit:
        assert active_rules(unit).version == 2
        raise RuntimeError

    assert versions(context) == [1]
    assert active(context)[0] == 2


def test_reading_the_rules_takes_up_an_edited_file_and_names_it(as_agent: Agents, rules_file: Path) -> None:
    vera = as_agent("vera", role="supervisor")
    rules_file.write_text(SECOND, encoding="utf-8")

    answer = vera.get("/rules").json()

    assert (answer["version"], answer["source"], answer["file"]) == (2, SECOND, str(rules_file))
    assert (answer["created_by"], answer["activated_by"]) == ("file", "file")


def test_what_a_file_holds_is_changed_in_the_file_alone(as_agent: Agents, rules_file: Path) -> None:
    vera = as_agent("vera", role="supervisor")
    rules_file.write_text(SECOND, encoding="utf-8")
    vera.get("/rules")

    for answer in (
        vera.put("/rules", json={"source": FIRST}),
        vera.post("/rules/versions/1/activate"),
        vera.post("/rules/draft/activate"),
    ):
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:baton:problem:rules-in-file"
        assert str(rules_file) in answer.json()["detail"]
    assert vera.put("/rules/draft", json={"source": FIRST}).status_code == 200
    assert vera.get("/rules").json()["version"] == 2
