"""Teams through the API: made and changed by supervisors, seen by all, led by one of their members."""

from typing import Any

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.models import AuditEntry, StreamEvent
from handoff_service.timers import run_due
from tests.service.callers import AgentCaller, Agents, Caller, Clock
from tests.service.conversations.races import at_once
from tests.service.desk import Desk


@pytest.fixture
def desk(context: Context) -> Desk:
    return Desk(context)


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


@pytest.fixture
def lin(as_agent: Agents) -> AgentCaller:
    return as_agent("lin", skills=["en"])


@pytest.fixture
def sam(as_agent: Agents) -> AgentCaller:
    return as_agent("sam", skills=["en"], presence="away")


@pytest.fixture
def refunds(vera: AgentCaller, lin: AgentCaller, sam: AgentCaller) -> dict[str, Any]:
    """Led by sam, with lin in it."""
    return make(vera, "Refunds", skills=["en", "refund"], lead_id=sam.id, member_ids=[lin.id])


def make(vera: AgentCaller, name: str, **given: Any) -> dict[str, Any]:
    answer = vera.post("/teams", json={"name": name, **given})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def people(*callers: AgentCaller) -> list[dict[str, str]]:
    return [{"id": caller.id, "name": caller.agent.name} for caller in callers]


def act(caller: AgentCaller, conversation_id: str, what: str, **given: Any) -> Any:
    return caller.post(f"/conversations/{conversation_id}/{what}", json=given)


class TestThemselves:
    def test_a_team_has_its_lead_among_its_members_and_everybody_sees_it(
        self, refunds: dict[str, Any], lin: AgentCaller, sam: AgentCaller
    ) -> None:
        [lead] = people(sam)
        assert refunds == {
            "id": refunds["id"],
            "name": "Refunds",
            "skills": ["en", "refund"],
            "lead": lead,
            "members": people(lin, sam),
        }
        assert lin.get("/teams").json() == [refunds]
        assert lin.get("/me").json()["team_id"] == refunds["id"]

    def test_a_change_leaves_audit_and_event(
        self, refunds: dict[str, Any], vera: AgentCaller, context: Context
    ) -> None:
        answer = vera.patch(f"/teams/{refunds['id']}", json={"name": "Money back"})

        assert answer.json() == {**refunds, "name": "Money back"}
        with context.database.reading() as session:
            entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "team.change")).one()
            assert (entry.actor, entry.details["name"]) == (f"agent:{vera.id}", "Money back")
            events = select(StreamEvent).where(StreamEvent.type == "team.updated")
            last = session.scalars(events.order_by(StreamEvent.number.desc())).first()
            assert last is not None
            assert last.payload["team"] == answer.json()

    def test_who_joins_another_team_leaves_the_first_and_no_longer_leads_it(
        self, refunds: dict[str, Any], vera: AgentCaller, lin: AgentCaller, sam: AgentCaller
    ) -> None:
        other = make(vera, "Loans", member_ids=[sam.id])

        by_name = {team["name"]: team for team in vera.get("/teams").json()}
        assert by_name["Refunds"]["lead"] is None
        assert by_name["Refunds"]["members"] == people(lin)
        assert by_name["Loans"] == other
        assert other["members"] == people(sam)

    def test_members_are_exactly_those_named_and_a_lead_who_is_not_is_none(
        self, refunds: dict[str, Any], vera: AgentCaller, lin: AgentCaller
    ) -> None:
        changed = vera.patch(f"/teams/{refunds['id']}", json={"member_ids": [lin.id]}).json()

        assert (changed["lead"], changed["members"]) == (None, people(lin))

    def test_removed_it_leaves_its_members_and_what_waited_for_it_waits_on(
        self, refunds: dict[str, Any], desk: Desk, vera: AgentCaller, lin: AgentCaller, sam: AgentCaller
    ) -> None:
        desk.asks("s")
        held = desk.conversation("s").id
        lin.put("/me/presence", json={"status": "away"})
        act(vera, held, "transfer", team_id=refunds["id"])
        assert vera.get(f"/conversations/{held}").json()["team"]["name"] == "Refunds"

        assert vera.request("DELETE", f"/teams/{refunds['id']}").status_code == 204

        assert vera.get("/teams").json() == []
        assert lin.get("/me").json()["team_id"] is None
        waiting = desk.told_last(held)
        assert (waiting["owner"], waiting["team"]) == ("queue", None)
        sam.put("/me/presence", json={"status": "online"})
        assert desk.conversation("s").assignee_id == sam.id

    def test_what_makes_no_sense_is_refused(
        self, refunds: dict[str, Any], vera: AgentCaller, lin: AgentCaller, client: Any
    ) -> None:
        assert vera.post("/teams", json={"name": "Refunds"}).status_code == 409
        assert vera.post("/teams", json={"name": "New", "lead_id": "nobody"}).status_code == 422
        assert vera.patch("/teams/nothing", json={"name": "x"}).status_code == 404
        assert vera.request("DELETE", "/teams/nothing").status_code == 404
        assert lin.post("/teams", json={"name": "Mine"}).status_code == 404
        assert lin.patch(f"/teams/{refunds['id']}", json={"name": "Mine"}).status_code == 404
        assert Caller(client).get("/teams").status_code == 401
        assert [team["name"] for team in vera.get("/teams").json()] == ["Refunds"]


class TestWhoSeesWhat:
    def test_who_leads_sees_passes_on_and_takes_over_what_members_hold(
        self, refunds: dict[str, Any], desk: Desk, vera: AgentCaller, lin: AgentCaller, sam: AgentCaller
    ) -> None:
        kai = desk.agent("kai", "en", presence="away")
        desk.asks("s")
        held = desk.conversation("s").id
        assert desk.conversation("s").assignee_id == lin.id

        assert sam.get(f"/conversations/{held}").json()["assignee"]["id"] == lin.id
        listed = sam.get("/conversations", params={"owner": "agent"}).json()["items"]
        assert [each["id"] for each in listed] == [held]
        assert act(sam, held, "assign", agent_id=kai).status_code == 404, "kai is in no team of sam's"
        assert act(sam, held, "assign", agent_id=sam.id).status_code == 200
        assert desk.conversation("s").assignee_id == sam.id

    def test_an_ordinary_member_sees_nothing_of_colleagues(
        self, refunds: dict[str, Any], desk: Desk, lin: AgentCaller, sam: AgentCaller
    ) -> None:
        lin.put("/me/presence", json={"status": "away"})
        sam.put("/me/presence", json={"status": "online"})
        desk.asks("s")
        held = desk.conversation("s").id

        assert lin.get(f"/conversations/{held}").status_code == 404
        assert act(lin, held, "assign", agent_id=lin.id).status_code == 404

    def test_in_the_list_of_a_team_is_what_its_members_hold_and_what_waits_for_it(
        self, refunds: dict[str, Any], desk: Desk, vera: AgentCaller, lin: AgentCaller
    ) -> None:
        desk.asks("held")
        lin.put("/me/presence", json={"status": "away"})
        for sender_id, topic in (("waiting", "refund"), ("other", None)):
            desk.asks(sender_id, **({"topic": topic, "sentiment": -0.9} if topic else {}))
        desk.asks("chinese", language="zh")

        team = {"team": refunds["id"]}
        shown = {each["sender_id"] for each in vera.get("/conversations", params=team).json()["items"]}
        assert shown == {"held", "waiting", "other"}, "Refunds is the one team, and speaks English alone"
        counted = vera.get("/conversations/counts", params=team).json()
        assert {name: n for name, n in counted.items() if n} == {"queue": 2, "colleagues": 1}


class TestTransfer:
    def test_members_come_first_then_anybody(
        self,
        refunds: dict[str, Any],
        desk: Desk,
        vera: AgentCaller,
        lin: AgentCaller,
        sam: AgentCaller,
        as_agent: Agents,
        clock: Clock,
    ) -> None:
        desk.asks("s")
        held = desk.conversation("s").id
        as_agent("kai", skills=["en"])

        answer = act(lin, held, "transfer", team_id=refunds["id"], note="see the order")

        assert answer.status_code == 200
        shown = answer.json()
        assert (shown["owner"], shown["team"]["name"]) == ("queue", "Refunds"), "kai is no member"
        sam.put("/me/presence", json={"status": "online"})
        assert desk.conversation("s").assignee_id == sam.id

    def test_nobody_waits_for_ever_for_a_team(
        self, refunds: dict[str, Any], desk: Desk, lin: AgentCaller, as_agent: Agents, clock: Clock
    ) -> None:
        desk.asks("s")
        kai = as_agent("kai", skills=["en"])
        act(lin, desk.conversation("s").id, "transfer", team_id=refunds["id"])
        lin.put("/me/presence", json={"status": "away"})
        clock.advance(seconds=120)
        with desk.context.work() as unit:
            run_due(unit)

        assert desk.conversation("s").assignee_id == kai.id
        assert desk.told_last(desk.conversation("s").id)["handoff"]["relaxed"] == ["team"]

    def test_who_gave_it_away_and_is_the_only_member_does_not_get_it_straight_back(
        self, refunds: dict[str, Any], desk: Desk, lin: AgentCaller, clock: Clock
    ) -> None:
        desk.asks("s")
        held = desk.conversation("s").id

        assert act(lin, held, "transfer", team_id=refunds["id"]).json()["owner"] == "queue"
        clock.advance(seconds=119)
        with desk.context.work() as unit:
            run_due(unit)
        assert desk.conversation("s").owner == "queue"
        clock.advance(seconds=1)
        with desk.context.work() as unit:
            run_due(unit)

        assert desk.conversation("s").assignee_id == lin.id, "better than nobody"

    def test_a_team_without_anybody_is_refused(self, vera: AgentCaller, desk: Desk, lin: AgentCaller) -> None:
        empty = make(vera, "Empty", skills=["en"])
        desk.asks("s")
        held = desk.conversation("s").id

        answer = act(lin, held, "transfer", team_id=empty["id"])

        assert (answer.status_code, answer.json()["type"]) == (409, "urn:baton:problem:nobody-in-the-team")
        assert desk.conversation("s").assignee_id == lin.id
        assert act(lin, held, "transfer", team_id="nothing").status_code == 404
        assert act(lin, held, "transfer", team_id=empty["id"], skill="en").status_code == 422

    def test_one_who_leads_moves_it_while_another_ends_it(
        self, refunds: dict[str, Any], desk: Desk, lin: AgentCaller, sam: AgentCaller
    ) -> None:
        desk.asks("s")
        held = desk.conversation("s").id

        taken, ended = at_once(
            lambda: act(sam, held, "assign", agent_id=sam.id).status_code,
            lambda: act(lin, held, "resolve").status_code,
        )

        after = desk.conversation("s")
        if taken == 200:
            assert (ended, after.assignee_id) == (404, sam.id)
        else:
            assert (taken, ended, after.status) == (409, 200, "resolved")
