"""The score at the turn: a fact like the others, kept with the decision, and never in the way."""

import pytest
from sqlalchemy import select, text, update

from handoff_service.conversations import ownership, repository
from handoff_service.learned import service
from handoff_service.learned.metrics import Figures
from handoff_service.models import AuditEntry, LearnedModel, Turn
from handoff_service.rules.editing import put
from handoff_service.rules.file import parse
from tests.service.desk import Desk, bot

RULES = """
version: 1
rules:
  - id: learned
    when: {learned_score: {gte: 0.6}}
    then: {hand_over: true}
"""
FIGURES = Figures(0.9, 0.9, None, (0.9, 0.9, 0.9))


@pytest.fixture
def desk(context) -> Desk:
    return Desk(context)


@pytest.fixture
def version(context, model) -> int:
    with context.work() as unit:
        version = service.store(unit, model, source="marks", dialogues=48, figures=FIGURES)
        service.activate(unit, version)
    return version


def facts(desk):
    with desk.context.database.reading() as session:
        return session.scalars(select(Turn).order_by(Turn.seq.desc())).first().facts


def complain(desk):
    desk.turn("s", "how do I pay")
    desk.ingest("s", bot("by card or transfer"))
    desk.context.clock.advance(seconds=5)
    return desk.turn("s", "that does not help at all")


def test_without_a_model_there_is_no_score(desk):
    complain(desk)
    assert (facts(desk)["learned_score"], facts(desk)["learned_version"]) == (None, None)


def test_score_and_version_are_kept_with_the_decision(desk, version, model):
    desk.turn("s", "how do I pay")
    assert facts(desk)["learned_score"] < 0.3
    complain(desk)
    assert facts(desk)["learned_score"] > 0.6
    assert facts(desk)["learned_version"] == version


def test_a_rule_on_the_score_hands_over(desk, version, context):
    with context.work("agent:1") as unit:
        put(unit, parse(RULES), None, None)
    assert desk.turn("t", "how do I pay")["decision"] == "stay"
    answer = complain(desk)
    assert (answer["decision"], answer["rule"]) == ("handoff", "learned")


def test_what_was_said_before_the_last_return_is_forgotten(desk, version, context):
    first = facts_of(desk, "a", "that does not help at all")
    desk.agent("Mei")
    desk.turn("s", "where is my parcel")
    desk.asks("s")
    with context.work() as unit:
        ownership.give_back(unit, repository.live(unit.session, "s"), outcome="solved", note=None)
    assert facts_of(desk, "s", "that does not help at all") == first


def facts_of(desk, sender_id, text):
    desk.turn(sender_id, text)
    return facts(desk)["learned_score"]


def test_a_model_that_cannot_be_read_costs_the_score_not_the_turn(desk, version, context, caplog):
    with context.work() as unit:
        unit.session.execute(update(LearnedModel).values(payload=b"broken", sha256="other"))
    before = service.failures.count
    assert complain(desk)["decision"] == "stay"
    assert facts(desk)["learned_score"] is None
    assert service.failures.count == before + 2
    assert "learned.score_failed" in caplog.text


def test_a_query_that_fails_costs_the_score_not_the_turn(desk, version, monkeypatch):
    def fails(session, *_, **__):
        session.execute(text("select nothing_of_that_name"))

    monkeypatch.setattr(service.repository, "up_to", fails)
    assert complain(desk)["decision"] == "stay"
    assert facts(desk)["learned_score"] is None


def test_taken_out_of_force_it_is_silent_and_both_are_audited(desk, version, context):
    with context.work() as unit:
        assert service.deactivate(unit) == version
        assert service.deactivate(unit) is None
    complain(desk)
    assert facts(desk)["learned_score"] is None
    with context.database.reading() as session:
        actions = set(session.scalars(select(AuditEntry.action)))
    assert {"learned.store", "learned.activate", "learned.deactivate"} <= actions


def test_one_version_at_a_time_is_in_force(context, version, model):
    with context.work() as unit:
        second = service.store(unit, model, source="marks", dialogues=48, figures=FIGURES)
    assert in_force(context) == [version], "a new version is not in force by itself"
    with context.work() as unit:
        service.activate(unit, second)
    assert in_force(context) == [second]


def in_force(context):
    with context.database.reading() as session:
        return list(session.scalars(select(LearnedModel.version).where(LearnedModel.active)))
