"""After a resolve: taken up again by an agent, or written to by the customer."""

import datetime as dt
from typing import Any

import pytest

from handoff_service.context import Context
from handoff_service.texts.notices import notice
from handoff_service.timers import TimerWorker
from tests.service.callers import AgentCaller, Agents, Clock
from tests.service.conversations.races import at_once
from tests.service.desk import Desk


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def resolved(desk: Desk, lin: AgentCaller) -> str:
    desk.asks("s")
    conversation_id = desk.conversation("s").id
    assert lin.post(f"/conversations/{conversation_id}/resolve").status_code == 200
    return conversation_id


def reopen(caller: AgentCaller, conversation_id: str, **given: Any) -> Any:
    return caller.post(f"/conversations/{conversation_id}/reopen", json=given)


class TestByAnAgent:
    def test_it_becomes_the_agents_who_reopens_it(
        self, desk: Desk, lin: AgentCaller, as_agent: Agents, resolved: str
    ) -> None:
        sam = as_agent("sam", presence="away")

        answer = reopen(sam, resolved, epoch=desk.conversation("s").epoch)

        assert answer.status_code == 200
        shown = answer.json()
        assert (shown["id"], shown["status"], shown["owner"]) == (resolved, "open", "agent")
        assert shown["assignee"]["id"] == sam.id
        assert shown["handoff"]["rule"] == "reopened"
        assert desk.told_last(resolved) == shown
        assert desk.said("s")[-1] == ("system", notice("reopened", "en", name="Sam"))
        desk.turn("s", "oh, hello again")
        assert desk.conversation("s").id == resolved, "the customer's words belong to it"
        assert "pause" in [entry.kind for entry in desk.outbox("s", "waiting")]

    def test_nobody_waits_so_nobody_lapses(self, desk: Desk, lin: AgentCaller, resolved: str) -> None:
        reopen(lin, resolved)

        assert desk.conversation("s").waiting_since is None

    def test_a_repeated_click_is_no_second_reopening(
        self, desk: Desk, lin: AgentCaller, resolved: str
    ) -> None:
        first, second = reopen(lin, resolved), reopen(lin, resolved)

        assert (second.status_code, second.json()["epoch"]) == (200, first.json()["epoch"])

    def test_the_customer_has_begun_another_one(self, desk: Desk, lin: AgentCaller, resolved: str) -> None:
        desk.turn("s", "hello")

        answer = reopen(lin, resolved)

        assert (answer.status_code, answer.json()["type"]) == (409, "urn:baton:problem:goes-on")

    def test_it_counts_against_the_capacity(self, lin: AgentCaller, as_agent: Agents, resolved: str) -> None:
        full = as_agent("full", capacity=0)

        assert reopen(full, resolved).json()["type"] == "urn:baton:problem:at-capacity"

    def test_what_is_not_resolved_cannot_be_reopened(
        self, desk: Desk, lin: AgentCaller, as_agent: Agents
    ) -> None:
        desk.turn("bot's")
        desk.asks("held")
        sam = as_agent("sam", presence="away")

        assert reopen(sam, desk.conversation("bot's").id).json()["type"] == "urn:baton:problem:not-resolved"
        assert reopen(sam, desk.conversation("held").id).json()["type"] == "urn:baton:problem:already-taken"
        assert reopen(sam, "nothing").status_code == 404

    def test_a_stale_epoch_is_refused(self, lin: AgentCaller, resolved: str) -> None:
        assert reopen(lin, resolved, epoch=1).json()["type"] == "urn:baton:problem:stale"

    def test_two_at_once_are_told_apart(
        self, desk: Desk, lin: AgentCaller, as_agent: Agents, resolved: str
    ) -> None:
        agents = [as_agent("sam", presence="away"), as_agent("kai", presence="away")]

        codes = at_once(*(lambda a=a: reopen(a, resolved).status_code for a in agents))

        assert sorted(codes) == [200, 409]
        assert desk.conversation("s").assignee_id == agents[codes.index(200)].id

    def test_a_customer_who_writes_at_that_moment_has_one_conversation(
        self, desk: Desk, lin: AgentCaller, resolved: str
    ) -> None:
        code, _ = at_once(lambda: reopen(lin, resolved).status_code, lambda: desk.turn("s", "hello"))

        live = desk.conversation("s")
        assert (code, live.id == resolved) in [(200, True), (409, False)]


class TestByTheCustomer:
    """Within half an hour of a resolve by an agent."""

    def test_not_solved_goes_back_in_front_with_the_last_agent_first(
        self, desk: Desk, lin: AgentCaller, as_agent: Agents, resolved: str, clock: Clock
    ) -> None:
        as_agent("idle", skills=["en"])
        desk.asks("other")
        clock.advance(minutes=29)

        answer = desk.turn("s", "it is still not solved", rejects_answer=True)

        assert (answer["decision"], answer["rule"]) == ("handoff", "not_solved_after_all")
        assert answer["handoff"]["assignee"]["id"] == lin.id
        again = desk.conversation("s")
        assert (again.previous_id, again.priority) == (resolved, 2)

    def test_who_asks_for_a_person_waits_with_a_raised_priority(
        self, desk: Desk, lin: AgentCaller, resolved: str
    ) -> None:
        desk.presence(lin.id, "away")

        desk.asks("s")

        assert (desk.conversation("s").owner, desk.conversation("s").priority) == ("queue", 2)

    @pytest.mark.parametrize("intent", ["thank", "goodbye", "order_status"])
    def test_thanks_and_new_questions_are_the_bots(self, desk: Desk, resolved: str, intent: str) -> None:
        assert desk.turn("s", "thanks, bye", intent=intent)["decision"] == "stay"
        assert desk.conversation("s").owner == "bot"

    def test_after_thanks_not_solved_still_counts(self, desk: Desk, resolved: str, clock: Clock) -> None:
        desk.turn("s", "thanks", intent="thank")
        clock.advance(minutes=5)

        assert desk.turn("s", "no, not solved", rejects_answer=True)["decision"] == "handoff"

    def test_later_it_is_a_conversation_like_any_other(self, desk: Desk, resolved: str, clock: Clock) -> None:
        clock.advance(minutes=30, seconds=1)

        assert desk.turn("s", "that does not help", rejects_answer=True)["decision"] == "stay"
        desk.asks("s")
        assert desk.conversation("s").priority == 1

    def test_a_customer_who_had_left_was_not_resolved_by_an_agent(
        self, desk: Desk, lin: AgentCaller, clock: Clock
    ) -> None:
        desk.asks("s")
        path = f"/conversations/{desk.conversation('s').id}/messages"
        lin.post(path, json={"text": "hello", "client_id": "1"})
        worker = TimerWorker(desk.context)
        for _ in range(2):
            clock.advance(minutes=10)
            worker.step()
        assert desk.conversation("s").status == "resolved"

        assert desk.turn("s", "not solved", rejects_answer=True)["decision"] == "stay"

    def test_once_with_a_person_again_it_is_no_news(
        self, desk: Desk, lin: AgentCaller, resolved: str
    ) -> None:
        desk.turn("s", "not solved", rejects_answer=True)
        lin.post(f"/conversations/{desk.conversation('s').id}/return")

        assert desk.turn("s", "hm, not solved", rejects_answer=True)["decision"] == "stay"

    class TestTheTimeIsASetting:
        @pytest.fixture
        def settings_overrides(self) -> dict[str, Any]:
            return {"follow_up_within": dt.timedelta(minutes=1)}

        def test_as_it_is_set(self, desk: Desk, resolved: str, clock: Clock) -> None:
            clock.advance(seconds=61)

            assert desk.turn("s", "not solved", rejects_answer=True)["decision"] == "stay"
