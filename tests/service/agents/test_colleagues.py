"""`/colleagues`: whom an agent may pass a conversation on to."""

from fastapi.testclient import TestClient

from handoff_service.context import Context
from tests.service.callers import API, Agents
from tests.service.desk import Desk


def test_agents_see_each_other_by_name_and_no_e_mail(as_agent: Agents) -> None:
    mei = as_agent("mei", skills=["zh", "loan"], presence="away")
    lin, ben = as_agent("lin"), as_agent("ben", skills=["en"])

    answer = lin.get("/colleagues")

    free = {"team_id": None, "has_room": True}
    assert answer.status_code == 200
    assert answer.json() == [
        {"id": ben.id, "name": "Ben", "presence": "online", "skills": ["en"], **free},
        {"id": mei.id, "name": "Mei", "presence": "away", "skills": ["zh", "loan"], **free},
    ]


def test_who_is_gone_and_who_only_watches_is_no_choice(as_agent: Agents) -> None:
    lin, sam = as_agent("lin"), as_agent("sam")
    vera = as_agent("vera", role="supervisor")
    assert [each["id"] for each in vera.get("/colleagues").json()] == [lin.id, sam.id]

    vera.patch(f"/agents/{sam.id}", json={"active": False})

    assert lin.get("/colleagues").json() == []


def test_who_holds_as_many_as_they_may_has_no_room(as_agent: Agents, context: Context) -> None:
    sam = as_agent("sam", skills=["en"], capacity=1)
    Desk(context).asks("s1")
    lin, full = as_agent("lin"), as_agent("zoe", capacity=0)

    room = {each["id"]: each["has_room"] for each in lin.get("/colleagues").json()}

    assert room == {sam.id: False, full.id: False}
    sam_sees = {each["id"]: each["has_room"] for each in sam.get("/colleagues").json()}
    assert sam_sees == {lin.id: True, full.id: False}


def test_nobody_sees_them_without_signing_in(client: TestClient) -> None:
    assert client.get(f"{API}/colleagues").status_code == 401
