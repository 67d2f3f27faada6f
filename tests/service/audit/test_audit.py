"""`GET /audit`."""

from tests.service.callers import Agents, Clock


def test_supervisors_read_who_did_what_newest_first(as_agent: Agents, clock: Clock) -> None:
    vera, lin = as_agent("vera", role="supervisor"), as_agent("lin")
    for status in ("away", "online", "offline"):
        clock.advance(seconds=1)
        lin.put("/me/presence", json={"status": status})

    entries = vera.get("/audit", params={"actor": f"agent:{lin.id}"}).json()["items"]

    assert [entry["details"]["presence"] for entry in entries] == ["offline", "online", "away"]
    assert entries[0]["at"] == "2026-03-02T09:00:03Z"
    assert entries[0]["action"] == "agent.presence"


def test_pages_follow_each_other_without_gap_or_overlap(as_agent: Agents, clock: Clock) -> None:
    vera, lin = as_agent("vera", role="supervisor"), as_agent("lin")
    for number in range(7):
        if number % 2:  # some at the same moment
            clock.advance(seconds=1)
        lin.put("/me/presence", json={"status": "away" if number % 2 else "offline"})
    everything = [entry["id"] for entry in vera.get("/audit", params={"limit": 200}).json()["items"]]

    paged, cursor = [], None
    while True:
        page = vera.get("/audit", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        paged += [entry["id"] for entry in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert paged == everything
    assert len(paged) >= 7


def test_to_agents_it_is_not_there(as_agent: Agents) -> None:
    assert as_agent("lin").get("/audit").status_code == 404


def test_a_cursor_with_a_nonsensical_time_is_refused(as_agent: Agents) -> None:
    vera = as_agent("vera", role="supervisor")

    for cursor in ("WyJ0b21vcnJvdyIsIngiXQ", "WyIwMDAxLTAxLTAxVDAwOjAwKzIzOjU5IiwieCJd"):
        assert vera.get("/audit", params={"cursor": cursor}).status_code == 422
