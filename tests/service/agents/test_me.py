"""`/me` and presence."""

from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.models import Agent, AuditEntry, StreamEvent
from tests.service.callers import Agents, Clock
from tests.service.desk import Desk


def test_me_is_the_agent_whose_token_it_is(as_agent: Agents) -> None:
    lin = as_agent("lin", skills=["zh", "refund"])
    as_agent("sam")

    answer = lin.get("/me")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": lin.id,
        "name": "Lin",
        "email": "lin@example.com",
        "role": "agent",
        "skills": ["zh", "refund"],
        "capacity": 5,
        "presence": "online",
        "presence_since": "2026-03-02T09:00:00Z",
        "idled_at": None,
        "team_id": None,
        "active": True,
        "invited": False,
    }


def test_a_change_of_presence_leaves_row_audit_and_event(as_agent: Agents, context: Context) -> None:
    lin = as_agent("lin", presence="offline")

    answer = lin.put("/me/presence", json={"status": "online"}, headers={"X-Correlation-ID": "here-i-am"})

    assert answer.status_code == 200
    assert answer.json()["presence"] == "online"
    with context.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "agent.presence")).one()
        assert entry.actor == f"agent:{lin.id}"
        assert entry.correlation_id == "here-i-am"
        assert entry.details == {"agent_id": lin.id, "before": "offline", "presence": "online"}
        event = session.scalars(select(StreamEvent).order_by(StreamEvent.number.desc())).first()
        assert event is not None
        assert event.type == "agent.updated"
        assert event.payload == {"agent": answer.json(), "correlation_id": "here-i-am"}


def test_saying_the_same_again_changes_nothing(as_agent: Agents, context: Context) -> None:
    lin = as_agent("lin", presence="away")

    def events() -> int:
        with context.database.reading() as session:
            return len(session.scalars(select(StreamEvent)).all())

    before = events()
    assert lin.put("/me/presence", json={"status": "away"}).status_code == 200
    assert events() == before


def test_coming_online_is_a_fresh_start(as_agent: Agents, context: Context, clock: Clock) -> None:
    lin = as_agent("lin", presence="away")
    with context.work() as unit:
        row = unit.session.get(Agent, lin.id)
        assert row is not None
        row.lapses = 2
    now = clock.advance(minutes=3)

    lin.put("/me/presence", json={"status": "online"})

    with context.database.reading() as session:
        row = session.get(Agent, lin.id)
        assert row is not None
        assert (row.lapses, row.idle_since) == (0, now)


def test_whoever_waits_is_assigned_the_moment_somebody_comes_online(
    as_agent: Agents, context: Context
) -> None:
    lin = as_agent("lin", skills=["en"], presence="offline")
    desk = Desk(context)
    assert desk.asks("rest:1")["handoff"]["owner"] == "queue"

    lin.put("/me/presence", json={"status": "online"})

    conversation = desk.conversation("rest:1")
    assert (conversation.owner, conversation.assignee_id) == ("agent", lin.id)


def test_an_unknown_presence_is_refused(as_agent: Agents) -> None:
    lin = as_agent("lin")

    answer = lin.put("/me/presence", json={"status": "asleep"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["body", "status"]
    assert lin.get("/me").json()["presence"] == "online"
