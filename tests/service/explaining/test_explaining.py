"""Why a conversation was handed over, or why not yet: told from what is stored, in both languages."""

import random
from typing import Any

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.conversations import ownership
from handoff_service.decision.decide import decide
from handoff_service.decision.facts import Facts
from handoff_service.explaining.schemas import ExplanationOut
from handoff_service.explaining.service import Language, explain, explain_all
from handoff_service.handoffs.schemas import HandoffIn
from handoff_service.handoffs.service import open_for_caller
from handoff_service.models import Agent, Conversation, RuleVersion, Turn
from handoff_service.rules import editing
from handoff_service.rules.file import parse
from handoff_service.rules.service import rule_set
from tests.service.callers import Agents
from tests.service.desk import Desk, user

REFUND = {"topic": "refund", "question": "refund"}
CUSTOM = """
version: 1
rules:
  - id: quiet_hours
    when: {business_hours: false, not: {customer.tags: [test]}}
    then: {hand_over: true}
  - id: model
    name: {zh: 模型认为该转, en: The model would}
    when: {learned_score: {gte: 0.7}, agents_available: {gte: 1}}
    then: {hand_over: true}
  - id: someone
    when: {customer.tier: [gold, platinum]}
    then: {hand_over: true}
"""


def told(
    context: Context, sender_id: str, language: Language = "en", number: int | None = None
) -> ExplanationOut:
    conversation = Desk(context).conversation(sender_id)
    with context.database.reading() as session:
        return explain(session, conversation, language, number)


def conversation_in(unit: Any, sender_id: str) -> Conversation:
    found: Conversation = unit.session.scalars(select(Conversation).filter_by(sender_id=sender_id)).one()
    return found


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


class TestHandedOver:
    def test_the_sentence_names_turn_ground_rule_version_and_span(self, desk: Desk) -> None:
        desk.turn("rest:1", **REFUND)
        desk.turn("rest:1", why={"question": "退款还没到"}, **REFUND)

        zh, en = told(desk.context, "rest:1", "zh"), told(desk.context, "rest:1")

        assert zh.sentence == (
            "第 2 句转人工：同一个退款问题问了 2 次（规则 refund_unsettled“退款没有解决”，规则第 1 版）；"
            "触发词：「退款还没到」。"
        )
        assert en.sentence == (
            "Message 2 was handed over: the same refund question was asked twice (rule refund_unsettled "
            "“Refund not settled by the bot”, version 1 of the rules); it was seen in “退款还没到”."
        )
        assert en.turn is not None
        assert en.handoff is not None
        assert (en.turn.number, en.turn.decision, en.turn.rule) == (2, "handoff", "refund_unsettled")
        assert (en.handoff.source, en.handoff.rule) == ("turn", "refund_unsettled")
        assert en.nearest == []

    def test_what_else_matched_is_told_too(self, desk: Desk) -> None:
        desk.asks("rest:1", threat=True)

        assert "Also matched: threat_or_strong_displeasure" in told(desk.context, "rest:1").sentence
        assert "同时符合：threat_or_strong_displeasure" in told(desk.context, "rest:1", "zh").sentence

    def test_it_is_told_by_the_rules_that_decided_whatever_came_after(self, desk: Desk) -> None:
        desk.asks("rest:1")
        before = told(desk.context, "rest:1")
        with desk.context.work("operator") as unit:
            editing.put(unit, parse(CUSTOM), None, None)

        assert told(desk.context, "rest:1") == before

    def test_an_agent_who_took_over(self, desk: Desk) -> None:
        agent_id = desk.agent("Lin")
        desk.turn("rest:1")
        with desk.context.work(f"agent:{agent_id}") as unit:
            agent = unit.session.get_one(Agent, agent_id)
            ownership.claim(unit, conversation_in(unit, "rest:1"), agent, rules_version=1)

        assert told(desk.context, "rest:1", "zh").sentence == "Lin主动接手了会话，不是规则触发的。"
        assert (
            told(desk.context, "rest:1").sentence == "Lin took the conversation over; no rule asked for it."
        )

    def test_a_caller_of_the_api(self, desk: Desk) -> None:
        with desk.context.work("assistant") as unit:
            given = HandoffIn(sender_id="rest:1", channel="rest", reason="payment {failed}")
            open_for_caller(unit, given, "a-key-of-its-own")

        sentence = told(desk.context, "rest:1").sentence
        assert sentence == "A caller of the API asked for a person: payment {failed}"
        assert told(desk.context, "rest:1", "zh").sentence == "系统接口请求转人工：payment {failed}"

    def test_a_turn_that_nobody_assessed_in_time(self, desk: Desk) -> None:
        desk.ingest("rest:1", user("a person please", "m1", intent="request_human"))
        desk.turn("rest:2", late=True, asks_human=True)

        assert "Nobody had assessed this message" in told(desk.context, "rest:1").sentence
        assert "could not reach the service" in told(desk.context, "rest:2").sentence
        assert "助手当时联系不上服务" in told(desk.context, "rest:2", "zh").sentence


class TestNotYet:
    def test_the_nearest_rule_and_what_it_lacks(self, desk: Desk) -> None:
        desk.turn("rest:1", fallback=True)

        zh, en = told(desk.context, "rest:1", "zh"), told(desk.context, "rest:1")

        assert zh.sentence == (
            "还没有转人工：最接近的规则是 not_understood_twice“连续两次听不懂”，连续听不懂 1 次，要 2 次。"
        )
        assert en.sentence == (
            "Not handed over yet: the nearest rule is not_understood_twice “Not understood twice running”, "
            "not understood once in a row (twice needed)."
        )
        assert en.nearest[0].rule == "not_understood_twice"
        assert [each.field for each in en.nearest[0].missing] == ["consecutive_fallbacks"]
        assert en.handoff is None

    def test_a_topic_that_is_half_way_there(self, desk: Desk) -> None:
        desk.turn("rest:1", **REFUND)

        assert "同一个退款问题问了 1 次，要 2 次" in told(desk.context, "rest:1", "zh").sentence

    def test_a_rule_that_matched_without_handing_over_is_told(self, desk: Desk) -> None:
        with desk.context.work("operator") as unit:
            rule = "{id: watch, when: {topic: order}, then: {priority: high}}"
            editing.put(unit, parse(f"version: 1\nrules: [{rule}]"), None, None)
        desk.turn("rest:1", topic="order")

        explained = told(desk.context, "rest:1", "zh")
        assert explained.sentence == "还没有转人工：没有别的会转人工的规则。同时符合：watch。"
        assert [matched.hands_over for matched in explained.matched] == [False]

    def test_rules_of_the_house_get_readable_sentences(self, desk: Desk) -> None:
        with desk.context.work("operator") as unit:
            editing.put(unit, parse(CUSTOM), None, None)
        desk.turn("rest:1")

        zh, en = told(desk.context, "rest:1", "zh"), told(desk.context, "rest:1")

        assert [near.rule for near in en.nearest] == ["quiet_hours", "someone", "model"]
        assert [[each.text for each in near.missing] for near in en.nearest] == [
            ["it is within business hours"],
            ["the customer has no tier (one of gold, platinum needed)"],
            ["there is no learned score (0.7 needed)", "free agents who speak the language: 0 (1 needed)"],
        ]
        assert zh.nearest[2].name == "模型认为该转"
        assert zh.nearest[2].missing[0].text == "没有模型评分，要 0.7"

    def test_after_a_return(self, desk: Desk) -> None:
        desk.asks("rest:1")
        with desk.context.work() as unit:
            ownership.give_back(unit, conversation_in(unit, "rest:1"), outcome="returned", note=None)

        assert told(desk.context, "rest:1", "zh").sentence == "交还机器人后还没有新的一句。"
        desk.turn("rest:1", fallback=True)
        assert told(desk.context, "rest:1", "zh").sentence.startswith("交还机器人后还没有再转人工：")

    def test_before_any_turn(self, desk: Desk) -> None:
        desk.ingest("rest:1", user("hello", "m1"))

        assert told(desk.context, "rest:1").sentence == "No message has been assessed yet."


def test_every_turn_is_told_in_order(desk: Desk) -> None:
    desk.turn("rest:1")
    desk.asks("rest:1")
    desk.turn("rest:1")

    conversation = desk.conversation("rest:1")
    with desk.context.database.reading() as session:
        sentences = [each.sentence for each in explain_all(session, conversation, "zh")]

    assert [sentence[:8] for sentence in sentences] == ["第 1 句没有转", "第 2 句转人工", "第 3 句没有评"]
    assert told(desk.context, "rest:1", "zh", number=2).sentence == sentences[1]


def test_a_decision_made_again_from_what_is_stored_is_the_same(desk: Desk) -> None:
    """Over many turns, rules and customers: nothing but the stored facts and version goes into a decision."""
    rng = random.Random(7)
    topics = [None, "refund", "loan", "complaint", "order"]
    for n in range(120):
        if n in (40, 80):
            with desk.context.work("operator") as unit:
                number = 1 if n == 80 else editing.put(unit, parse(CUSTOM), None, None).version
                editing.activate(unit, number, None, None)
        desk.turn(
            f"rest:{n // 5}",
            topic=rng.choice(topics),
            question=rng.choice([None, "a", "b"]),
            fallback=rng.random() < 0.2,
            sentiment=round(rng.uniform(-1, 1), 3),
            rejects_answer=rng.random() < 0.1,
            threat=rng.random() < 0.03,
            why={"sentiment": "awful"} if rng.random() < 0.5 else {},
        )

    with desk.context.database.reading() as session:
        turns = session.scalars(select(Turn).where(Turn.decision != "silent")).all()
        sets = {v.version: rule_set(v) for v in session.scalars(select(RuleVersion))}
    assert len({turn.rule for turn in turns}) > 4
    for turn in turns:
        again = decide(Facts.from_dict(turn.facts), sets[turn.rules_version])
        assert turn.decision == ("handoff" if again.handoff else "stay")
        assert turn.rule == again.rule
        assert turn.reasons == [{"rule": reason.rule, "why": reason.why} for reason in again.reasons]


class TestEndpoint:
    def test_the_language_is_the_readers(self, desk: Desk, as_agent: Agents) -> None:
        desk.turn("rest:1", fallback=True)
        lin, path = as_agent("lin"), f"/conversations/{desk.conversation('rest:1').id}/explanation"

        assert lin.get(path).json()["language"] == "en"
        asked = lin.get(path, headers={"Accept-Language": "zh-CN,en;q=0.5"}).json()
        assert asked["language"] == "zh"
        assert asked == lin.get(path, params={"language": "zh"}).json()
        assert lin.get(path, params={"language": "fr"}).status_code == 422

    def test_one_turn(self, desk: Desk, as_agent: Agents) -> None:
        desk.turn("rest:1")
        lin, path = as_agent("lin"), f"/conversations/{desk.conversation('rest:1').id}/explanation"

        assert lin.get(path, params={"turn": 1}).json()["turn"]["number"] == 1
        assert lin.get(path, params={"turn": 2}).status_code == 404
        assert lin.get(path, params={"turn": 0}).status_code == 422

    def test_only_who_may_see_the_conversation(self, desk: Desk, as_agent: Agents) -> None:
        lin, kai, vera = as_agent("lin"), as_agent("kai"), as_agent("vera", role="supervisor")
        desk.asks("rest:1", language="zh")
        conversation = desk.conversation("rest:1")
        holder, other = (lin, kai) if conversation.assignee_id == lin.id else (kai, lin)
        path = f"/conversations/{conversation.id}/explanation"

        assert holder.get(path).status_code == vera.get(path).status_code == 200
        assert other.get(path).status_code == 404
