"""`/agents`, which supervisors and admins see."""

import pytest
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.models import AuditEntry
from tests.service.callers import PASSWORD, AgentCaller, Agents
from tests.service.desk import Desk

NEW = {"email": "Sam@Example.com", "name": "Sam", "password": PASSWORD, "skills": ["en", "loan", "en"]}


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor", presence="offline")


@pytest.fixture
def ada(as_agent: Agents) -> AgentCaller:
    return as_agent("ada", role="admin", presence="offline")


def test_to_agents_the_others_are_not_there(as_agent: Agents) -> None:
    lin, sam = as_agent("lin"), as_agent("sam")

    for answer in (
        lin.get("/agents"),
        lin.get(f"/agents/{sam.id}"),
        lin.post("/agents", json={**NEW, "email": "x@example.com"}),
        lin.patch(f"/agents/{lin.id}", json={"capacity": 50}),
    ):
        assert answer.status_code == 404
    assert lin.get("/me").json()["capacity"] == 5


def test_a_supervisor_makes_an_agent(vera: AgentCaller, context: Context) -> None:
    answer = vera.post("/agents", json=NEW)

    assert answer.status_code == 201
    made = answer.json()
    assert made["email"] == "sam@example.com"
    assert made["skills"] == ["en", "loan"]
    assert (made["role"], made["presence"], made["capacity"]) == ("agent", "offline", 5)
    assert vera.get(f"/agents/{made['id']}").json() == made
    with context.database.reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.at)).all()[-1]
        assert PASSWORD not in str(entry.details)


def test_an_e_mail_logs_in_one_person_only(vera: AgentCaller) -> None:
    vera.post("/agents", json=NEW)

    again = vera.post("/agents", json={**NEW, "email": "SAM@example.com "[:-1]})

    assert again.status_code == 409
    assert again.json()["type"] == "urn:baton:problem:email-taken"


def test_agents_are_listed_by_name_page_by_page(as_agent: Agents, vera: AgentCaller) -> None:
    for name in ("sam", "lin", "mei"):
        as_agent(name)

    names, cursor = [], None
    for _ in range(3):
        page = vera.get("/agents", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        names.append([agent["name"] for agent in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert names == [["Lin", "Mei"], ["Sam", "Vera"]]


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WzEsMl0", "\ud83d\ude00", "bnVsbA"])
def test_a_made_up_cursor_is_refused(vera: AgentCaller, cursor: str) -> None:
    answer = vera.get(f"/agents?cursor={cursor.encode('utf-16', 'surrogatepass').decode('utf-16')}")

    assert answer.status_code == 422


def test_only_what_is_given_changes(as_agent: Agents, vera: AgentCaller) -> None:
    lin = as_agent("lin", skills=["zh"])

    answer = vera.patch(f"/agents/{lin.id}", json={"name": "Lin Yue", "skills": ["zh", "refund"]})

    assert answer.status_code == 200
    assert answer.json() == {**lin.get("/me").json(), "name": "Lin Yue", "skills": ["zh", "refund"]}
    assert answer.json()["capacity"] == 5


@pytest.mark.parametrize("change", [{"capacity": 1}, {"skills": ["en"]}])
def test_more_capacity_or_new_skills_serve_whoever_waits(
    as_agent: Agents, vera: AgentCaller, context: Context, change: dict[str, object]
) -> None:
    start = {"skills": ["en"], "capacity": 1} | (
        {"capacity": 0} if "capacity" in change else {"skills": ["zh"]}
    )
    lin = as_agent("lin", **start)  # type: ignore[arg-type]
    as_agent("mei", skills=["en"], presence="offline")  # the house has English, so nothing is relaxed at once
    desk = Desk(context)
    assert desk.asks("rest:1")["handoff"]["owner"] == "queue"

    vera.patch(f"/agents/{lin.id}", json=change)

    assert desk.conversation("rest:1").assignee_id == lin.id


def test_a_deactivated_agent_is_offline(as_agent: Agents, vera: AgentCaller) -> None:
    lin = as_agent("lin")

    answer = vera.patch(f"/agents/{lin.id}", json={"active": False})

    assert (answer.json()["active"], answer.json()["presence"]) == (False, "offline")


def test_a_deactivated_agents_customers_go_to_somebody_else_at_once(
    as_agent: Agents, vera: AgentCaller, context: Context
) -> None:
    lin = as_agent("lin", skills=["en"])
    desk = Desk(context)
    for sender in ("rest:1", "rest:2"):
        assert desk.asks(sender)["handoff"]["owner"] == "agent"
    mei = as_agent("mei", skills=["en"], capacity=1)

    vera.patch(f"/agents/{lin.id}", json={"active": False})

    owners = {desk.conversation(sender).assignee_id for sender in ("rest:1", "rest:2")}
    assert owners == {mei.id, None}  # as many as she may have, the other one waits


class TestRoles:
    @pytest.mark.parametrize("role", ["supervisor", "admin"])
    def test_a_supervisor_makes_agents_only(self, vera: AgentCaller, ada: AgentCaller, role: str) -> None:
        assert vera.post("/agents", json={**NEW, "role": role}).status_code == 403
        assert ada.post("/agents", json={**NEW, "role": role}).status_code == 201

    def test_a_supervisor_cannot_promote(self, as_agent: Agents, vera: AgentCaller, ada: AgentCaller) -> None:
        lin = as_agent("lin")

        assert vera.patch(f"/agents/{lin.id}", json={"role": "admin"}).status_code == 403
        assert vera.patch(f"/agents/{vera.id}", json={"role": "admin"}).status_code == 403
        assert ada.patch(f"/agents/{lin.id}", json={"role": "supervisor"}).json()["role"] == "supervisor"

    def test_a_supervisor_cannot_take_over_an_admins_account(
        self, vera: AgentCaller, ada: AgentCaller
    ) -> None:
        assert vera.patch(f"/agents/{ada.id}", json={"password": "mine from now on"}).status_code == 403
        assert ada.get("/me").status_code == 200

    def test_nobody_locks_themselves_out(self, vera: AgentCaller, ada: AgentCaller) -> None:
        assert vera.patch(f"/agents/{vera.id}", json={"active": False}).status_code == 409
        assert ada.patch(f"/agents/{ada.id}", json={"role": "agent"}).status_code == 409

    def test_a_supervisor_changes_their_own_name(self, vera: AgentCaller) -> None:
        assert vera.patch(f"/agents/{vera.id}", json={"name": "Vera W."}).json()["name"] == "Vera W."


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no e-mail"},
        {"email": "a@b\x00"},
        {"name": ""},
        {"name": "x" * 101},
        {"name": "\x00"},
        {"password": "short"},
        {"password": "x" * 201},
        {"role": "king"},
        {"skills": "zh"},
        {"skills": [""]},
        {"skills": ["x" * 65]},
        {"skills": [1]},
        {"capacity": -1},
        {"capacity": 10**30},
        {"capacity": "many"},
        {"capacity": 1.5},
        {"unknown": 1},
    ],
)
def test_wrong_values_are_refused(vera: AgentCaller, wrong: dict[str, object]) -> None:
    answer = vera.post("/agents", json={**NEW, **wrong})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][:2] == ["body", next(iter(wrong))]
    assert [agent["name"] for agent in vera.get("/agents").json()["items"]] == ["Vera"]


def test_an_unknown_agent_is_not_found(vera: AgentCaller) -> None:
    assert vera.get("/agents/nobody").status_code == 404
    assert vera.patch("/agents/nobody", json={"name": "Nobody"}).status_code == 404
