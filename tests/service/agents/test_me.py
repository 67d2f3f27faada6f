"""`/me` and presence."""

from tests.service.callers import Agents


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
        "active": True,
    }
