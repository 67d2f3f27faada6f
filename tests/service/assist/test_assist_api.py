"""Summaries and suggestions over the API, and how the agents' own answers get there."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from sqlalchemy import delete

from handoff_service.assist.harvest import harvest
from handoff_service.assist.library import Library
from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.models import AnswerPair, AnswerSource, Conversation
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.desk import Desk, bot

PLANTED = yaml.safe_load(Path(__file__).with_name("planted.yml").read_text(encoding="utf-8"))
MANUAL = "电子版说明书在商品页最下面的“资料下载”里，可以直接下载。"
FAQ = {
    "answers": [
        {
            "id": "utter_invoice",
            "topic": "invoice",
            "text": {"zh": "进入“我的订单”，点“申请发票”就可以。", "en": 'Tap "Invoice" under My orders.'},
            "questions": {"zh": ["怎么开发票", "我要发票", "发票在哪开"], "en": ["I need an invoice"]},
        }
    ]
}


@pytest.fixture
def faq_file(tmp_path: Path) -> Path:
    file = tmp_path / "faq.json"
    file.write_text(json.dumps(FAQ), encoding="utf-8")
    return file


@pytest.fixture
def settings_overrides(faq_file: Path) -> dict[str, Any]:
    return {"faq_file": faq_file}


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["zh", "en"], capacity=100)


def handed_over(desk: Desk, sender_id: str, text: str, **signals: Any) -> str:
    """A conversation that lin has, by its id."""
    desk.turn(sender_id, text, language="zh", **signals)
    desk.turn(sender_id, "转人工", language="zh", asks_human=True)
    return desk.conversation(sender_id).id


def answered(
    desk: Desk, lin: AgentCaller, sender_id: str, question: str, answer: str, language: str = "zh"
) -> str:
    """A conversation that is over: asked, answered, resolved."""
    desk.turn(sender_id, question, language=language, asks_human=True)
    conversation_id = desk.conversation(sender_id).id
    said = lin.post(f"/conversations/{conversation_id}/messages", json={"text": answer, "client_id": "1"})
    assert said.status_code == 202, said.text
    assert lin.post(f"/conversations/{conversation_id}/resolve").status_code == 200
    return conversation_id


def suggested(lin: AgentCaller, conversation_id: str) -> list[dict[str, Any]]:
    answer = lin.get(f"/conversations/{conversation_id}/suggestions")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


class TestSummary:
    def test_it_tells_wish_reference_attempts_reason_mood_and_note(
        self, desk: Desk, lin: AgentCaller
    ) -> None:
        desk.turn(
            "webchat:1",
            "订单号10023的退款呢",
            language="zh",
            topic="refund",
            intent="refund_status",
            question="refund",
        )
        desk.ingest("webchat:1", bot("订单 10023 的退款正在处理。"))
        desk.context.clock.advance(seconds=5)  # type: ignore[attr-defined]
        desk.turn(
            "webchat:1", "还没到账，转人工", language="zh", topic="refund", asks_human=True, sentiment=-0.5
        )
        conversation_id = desk.conversation("webchat:1").id
        lin.post(f"/conversations/{conversation_id}/notes", json={"text": "财务在查", "client_id": "n"})

        summary = lin.get(f"/conversations/{conversation_id}/summary?language=zh").json()

        assert summary["wish"]["topic_name"] == "退款"
        assert summary["wish"]["sentence"] == "还没到账，转人工"
        assert [(each["kind"], each["label"]) for each in summary["references"]] == [("order", "订单 10023")]
        assert [(each["did"], each["text"]) for each in summary["tried"]] == [("looked_up", "10023")]
        assert summary["handed_over"] == {"rule": "asks_for_person", "reason": "客户要求转人工"}
        assert (summary["mood"]["mood"], summary["mood"]["label"]) == ("displeased", "不满，越来越差")
        assert (summary["note"]["author"], summary["note"]["text"]) == ("Lin", "财务在查")
        assert summary["text"] == (
            "客户想要（退款）：还没到账，转人工。提到：订单 10023。机器人：查了订单 10023。"
            "转人工：客户要求转人工。情绪：不满，越来越差。Lin的备注：财务在查"
        )

    def test_it_is_in_the_agents_language(self, desk: Desk, lin: AgentCaller) -> None:
        conversation_id = handed_over(desk, "webchat:1", "发票怎么开", question="invoice")

        path = f"/conversations/{conversation_id}/summary"
        assert lin.get(path, headers={"Accept-Language": "zh-CN"}).json()["language"] == "zh"
        assert lin.get(path).json()["text"].startswith("The customer wants: 发票怎么开.")

    def test_who_may_not_see_the_conversation_does_not_see_its_summary(
        self, desk: Desk, lin: AgentCaller, as_agent: Agents
    ) -> None:
        conversation_id = handed_over(desk, "webchat:1", "发票怎么开")
        other = as_agent("other")

        for what in ("summary", "suggestions"):
            assert other.get(f"/conversations/{conversation_id}/{what}").status_code == 404
            assert lin.get(f"/conversations/nowhere/{what}").status_code == 404

    def test_a_conversation_with_the_bot_has_one_without_a_reason(self, desk: Desk, lin: AgentCaller) -> None:
        desk.turn("webchat:1", "发票怎么开", language="zh")

        summary = lin.get(f"/conversations/{desk.conversation('webchat:1').id}/summary").json()

        assert summary["handed_over"] is None
        assert summary["wish"]["sentence"] == "发票怎么开"


class TestSuggestions:
    def test_the_faq_is_suggested_for_what_was_asked(self, desk: Desk, lin: AgentCaller) -> None:
        conversation_id = handed_over(desk, "webchat:1", "请问发票怎么开呀")

        (item,) = suggested(lin, conversation_id)

        assert (item["id"], item["source"], item["given"]) == ("faq:utter_invoice", "faq", False)
        assert item["text"] == "进入“我的订单”，点“申请发票”就可以。"

    def test_what_the_bot_has_said_already_is_marked(self, desk: Desk, lin: AgentCaller) -> None:
        conversation_id = handed_over(desk, "webchat:1", "发票怎么开")
        desk.ingest("webchat:1", bot("进入“我的订单”，点“申请发票”就可以。还有别的问题吗？"))

        assert [item["given"] for item in suggested(lin, conversation_id)] == [True]

    def test_an_answer_of_an_agent_is_suggested_to_the_next(
        self, desk: Desk, lin: AgentCaller, context: Context
    ) -> None:
        answered(desk, lin, "webchat:1", "说明书丢了有电子版吗", f"王小明您好，{MANUAL}")
        assert harvest(context) == 1
        assert harvest(context) == 0
        conversation_id = handed_over(desk, "webchat:2", "说明书找不到了，还有电子版吗")

        (item,) = suggested(lin, conversation_id)

        assert item["source"] == "earlier"
        assert item["text"] == f"[姓名]您好，{MANUAL}"
        assert item["placeholders"] == ["姓名"]

    def test_a_placeholder_cannot_be_sent(self, desk: Desk, lin: AgentCaller) -> None:
        conversation_id = handed_over(desk, "webchat:1", "发票怎么开")

        refused = lin.post(
            f"/conversations/{conversation_id}/messages", json={"text": "[姓名]您好", "client_id": "1"}
        )

        assert refused.status_code == 422
        assert refused.json()["variables"] == ["姓名"]

    def test_nothing_asked_nothing_suggested(self, desk: Desk, lin: AgentCaller) -> None:
        desk.turn("webchat:1", "转人工", language="zh", asks_human=True)

        assert suggested(lin, desk.conversation("webchat:1").id) == []

    def test_what_is_reopened_and_ended_again_replaces_its_answers(
        self, desk: Desk, lin: AgentCaller, context: Context, clock: Clock
    ) -> None:
        conversation_id = answered(desk, lin, "webchat:1", "说明书丢了有电子版吗", MANUAL)
        harvest(context)
        library = Library(context)
        assert len(library.suggest("zh", "说明书电子版")) == 1
        clock.advance(minutes=1)
        lin.post(f"/conversations/{conversation_id}/reopen")
        clock.advance(minutes=1)
        lin.post(f"/conversations/{conversation_id}/resolve")

        assert harvest(context) == 1

        assert [answer.text for answer in library.suggest("zh", "说明书电子版")] == [MANUAL]
        with context.database.reading() as session:
            assert session.query(AnswerPair).count() == 1

    def test_another_process_sees_what_this_one_has_taken_up(
        self, desk: Desk, lin: AgentCaller, context: Context, database: Database
    ) -> None:
        elsewhere = Library(Context(context.settings, database, context.clock))
        assert elsewhere.suggest("zh", "说明书电子版") == []

        answered(desk, lin, "webchat:1", "说明书丢了有电子版吗", MANUAL)
        harvest(context)

        assert [answer.text for answer in elsewhere.suggest("zh", "说明书电子版")] == [MANUAL]

    def test_what_was_taken_up_goes_with_its_conversation(self, context: Context, clock: Clock) -> None:
        with context.work() as unit:
            for number, (name, answer) in enumerate({"gone": MANUAL, "kept": "说明书寄一份给您。"}.items()):
                unit.session.add(
                    Conversation(
                        id=name, sender_id=name, channel="rest", created_at=clock(), updated_at=clock()
                    )
                )
                unit.session.flush()
                unit.session.add(AnswerSource(conversation_id=name, resolved_at=clock()))
                unit.session.add(
                    AnswerPair(
                        number=number + 1, conversation_id=name, language="zh",
                        question="说明书丢了有电子版吗", answer=answer,
                    )
                )  # fmt: skip
        library = Library(context)
        assert {answer.id for answer in library.suggest("zh", "说明书电子版")} == {"old:1", "old:2"}

        with context.work() as unit:
            unit.session.execute(delete(Conversation).where(Conversation.id == "gone"))

        assert {answer.id for answer in library.suggest("zh", "说明书电子版")} == {"old:2"}
        with context.database.reading() as session:
            assert [source.conversation_id for source in session.query(AnswerSource)] == ["kept"]

    def test_many_ended_conversations_are_taken_up_a_few_at_a_time(
        self, desk: Desk, lin: AgentCaller, context: Context, clock: Clock
    ) -> None:
        for number in range(5):
            clock.advance(hours=1)
            answered(desk, lin, f"webchat:{number}", "说明书丢了有电子版吗", MANUAL)

        assert [harvest(context, limit=2) for _ in range(4)] == [2, 2, 1, 0]

    def test_the_faq_is_read_anew_when_its_file_changes(self, context: Context, faq_file: Path) -> None:
        library = Library(context)
        assert len(library.suggest("zh", "发票怎么开")) == 1

        faq_file.write_text('{"answers": []}', encoding="utf-8")

        assert library.suggest("zh", "发票怎么开") == []

    @pytest.mark.parametrize(
        "content", ["", "[]", "{}", '{"answers": [1]}', '{"answers": [{"id": "a"}]}', None]
    )
    def test_a_file_that_is_none_costs_the_faq_alone(
        self, context: Context, faq_file: Path, content: str | None
    ) -> None:
        if content is None:
            faq_file.unlink()
        else:
            faq_file.write_text(content, encoding="utf-8")

        assert Library(context).suggest("zh", "发票怎么开") == []

    def test_no_personal_thing_of_another_customer_is_ever_suggested(
        self, desk: Desk, lin: AgentCaller, context: Context
    ) -> None:
        """More than fifty personal things were in agents' answers, and in the questions before them."""
        questions = {"zh": "这件事后来怎么处理的呢", "en": "what happened with my case in the end"}
        for number, (language, text, _) in enumerate(PLANTED):
            answered(desk, lin, f"webchat:{number}", f"{questions[language]} {text}", text, language)
        while harvest(context):
            pass
        personal = [str(item).lower() for _, _, items in PLANTED for item in items]
        library = Library(context)

        shown = [
            f"{answer.question} {answer.text}".lower()
            for language, text, _ in PLANTED
            for answer in library.suggest(language, f"{questions[language]} {text}")
        ]
        with context.database.reading() as session:
            shown += [f"{pair.question} {pair.answer}".lower() for pair in session.query(AnswerPair)]

        assert len(personal) >= 50
        assert len(shown) > 100
        assert [(item, text) for item in personal for text in shown if item in text] == []


class TestFiveThousandPairs:
    @pytest.fixture
    def full(self, desk: Desk, context: Context) -> str:
        conversation_id = handed_over(desk, "webchat:1", "请问烤箱的说明书还有电子版吗")
        things = ("烤箱", "沙发", "耳机", "台灯", "雨伞", "书包", "相机", "风扇", "帐篷", "地毯")
        with context.work() as unit:
            for number in range(5_000):
                thing = things[number % len(things)]
                unit.session.add(
                    AnswerPair(
                        number=unit.next_number("answer_pair"),
                        conversation_id=conversation_id,
                        language="zh",
                        question=f"{thing}的第{number}个问题，说明书有没有",
                        answer=f"{thing}的说明书第{number}页写着怎么用，在商品页的资料下载里。",
                    )
                )
        return conversation_id

    def test_suggestions_take_less_than_a_third_of_a_second_of_the_processor(
        self, full: str, lin: AgentCaller, app: FastAPI, context: Context
    ) -> None:
        app.state.library.catch_up()  # as the worker does at the start
        with context.work() as unit:
            unit.session.get_one(Conversation, full).assignee_id = lin.id
        seconds = []
        for _ in range(20):
            started = time.process_time()
            assert suggested(lin, full)
            seconds.append(time.process_time() - started)

        assert sorted(seconds)[10] < 0.3
