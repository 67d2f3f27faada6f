"""Rules over the API: checked, kept as versions, drafted, put in force and back, under several hands."""

import json
import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.models import AuditEntry, RuleVersion, StreamEvent
from handoff_service.rules import editing, service
from handoff_service.rules.file import Source, parse
from handoff_service.rules.service import SHIPPED_FILE, active_rules, take_up_shipped
from handoff_service.startup import check
from tests.service.callers import AgentCaller, Agents
from tests.service.desk import Desk

FIRST = """# who asks gets a person
version: 1
rules:
  - id: asks
    when: {asks_human: true}
    then: {hand_over: true}
"""
SECOND = FIRST.replace("id: asks", "id: wants_a_person")
TWO_MISTAKES = """
version: 1
rules:
  - id: asks
    when: {any: [{threat: true}, {sentiment: {lte: -7}}]}
    then: {hand_over: true, priority: lowest}
"""


@pytest.fixture
def vera(as_agent: Agents) -> AgentCaller:
    return as_agent("vera", role="supervisor")


@pytest.fixture
def tom(as_agent: Agents) -> AgentCaller:
    return as_agent("tom", role="supervisor")


def active(context: Context) -> tuple[int, list[str]]:
    with context.work() as unit:
        rules = active_rules(unit)
        return rules.version, [rule.id for rule in rules.rules]


def actions(context: Context) -> set[tuple[str, str]]:
    """What was audited about rules: action and actor."""
    with context.database.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("rules.")))
        return {(entry.action, entry.actor) for entry in entries}


class TestShipped:
    def test_the_shipped_rules_are_version_one(self, context: Context) -> None:
        check(context)
        check(context)

        with context.database.reading() as session:
            [version] = session.scalars(select(RuleVersion))
            event = session.scalars(select(StreamEvent)).one()
        assert (version.version, version.created_by) == (1, "shipped")
        assert version.source == SHIPPED_FILE.read_text("utf-8")
        assert (event.type, event.payload["version"]) == ("rules.updated", 1)

    def test_a_newer_shipped_set_replaces_the_one_before_it(
        self, context: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        check(context)
        monkeypatch.setattr(service, "_shipped", lambda: parse(FIRST))

        check(context)

        assert active(context) == (2, ["asks"])

    def test_but_not_one_that_somebody_chose(
        self, context: Context, vera: AgentCaller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        vera.put("/rules", json={"source": FIRST})
        monkeypatch.setattr(service, "_shipped", lambda: parse(SECOND))

        check(context)

        assert active(context) == (2, ["asks"])

    def test_an_older_replica_that_starts_again_brings_nothing_back(
        self, context: Context, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as newer:
            check(context)
            newer.setattr(service, "_shipped", lambda: parse(FIRST))
            check(context)

        with context.work() as unit:
            take_up_shipped(unit)

        assert active(context)[0] == 2


class TestPut:
    def test_it_decides_from_the_next_turn_on(self, context: Context, vera: AgentCaller) -> None:
        desk = Desk(context)
        assert desk.asks("rest:1")["rule"] == "asks_for_person"

        answer = vera.put("/rules", json={"source": SECOND, "note": "plainer"})

        assert answer.status_code == 200
        shown = answer.json()
        assert shown["source"] == SECOND
        assert shown["rules"] == [
            {"id": "wants_a_person", "when": {"asks_human": True}, "then": {"hand_over": True}}
        ]
        assert (shown["version"], shown["active"], shown["note"], shown["file"]) == (2, True, "plainer", None)
        assert (shown["created_by"], shown["created_by_name"]) == (f"agent:{vera.id}", "Vera")
        decided = desk.asks("rest:2")
        assert (decided["rule"], decided["rules_version"]) == ("wants_a_person", 2)

    def test_it_is_audited_and_told(self, context: Context, vera: AgentCaller) -> None:
        vera.put("/rules", json={"source": FIRST})

        actor = f"agent:{vera.id}"
        assert actions(context) >= {("rules.store", actor), ("rules.activate", actor)}
        with context.database.reading() as session:
            told = select(StreamEvent).where(StreamEvent.type == "rules.updated")
            events = session.scalars(told.order_by(StreamEvent.number))
            assert [event.payload["version"] for event in events] == [1, 2]

    def test_all_mistakes_are_told_with_their_places_and_nothing_changes(
        self, context: Context, vera: AgentCaller
    ) -> None:
        answer = vera.put("/rules", json={"source": TWO_MISTAKES})

        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:baton:problem:rules-refused"
        assert answer.json()["errors"] == [
            {
                "loc": ["rules[0].when.any[1].sentiment.lte"],
                "msg": "expected a number between -1 and 1, got -7",
            },
            {
                "loc": ["rules[0].then.priority"],
                "msg": "unknown priority; known: normal, high, urgent",
            },
        ]
        assert active(context)[0] == 1

    def test_rules_come_and_go_as_json_too(self, context: Context, vera: AgentCaller) -> None:
        shipped = vera.get("/rules").json()

        answer = vera.put("/rules", json={"rules": shipped["rules"], "note": "the same again"})

        assert answer.json()["rules"] == shipped["rules"]
        with context.database.reading() as session:
            one, two = session.scalars(select(RuleVersion).order_by(RuleVersion.version))
            assert parse(two.source).rules == parse(one.source).rules

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"source": FIRST, "rules": []},
            {"rules": [{"id": "a", "when": {"x": "\ud800"}, "then": {"\x00": 1}}]},
            {"rules": [None, 5, "x", [[]]]},
            {"rules": [{"id": f"r{n}", "when": {"threat": True}} for n in range(10_000)]},
            {"source": FIRST.replace("asks_human: true", '"\\uD800": true')},
            {"source": FIRST.replace("true}", "!!bool x}")},
            {"source": FIRST.replace("{asks_human: true}", "{not: " * 300 + "{threat: true}" + "}" * 300)},
            {"source": FIRST, "base_version": 10**30},
            {"source": "a: [&a x, *a]"},
            {"source": FIRST, "notes": "misspelt"},
        ],
    )
    def test_nonsense_is_refused(self, vera: AgentCaller, body: dict[str, Any]) -> None:
        answer = vera.request(
            "PUT", "/rules", content=json.dumps(body), headers={"Content-Type": "application/json"}
        )

        assert answer.status_code == 422
        assert answer.json()["errors"]

    @pytest.mark.parametrize("path", ["/rules", "/rules/draft"])
    def test_reading_a_text_holds_up_no_turn(
        self, context: Context, vera: AgentCaller, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        reading, decided = threading.Event(), threading.Event()

        def parse_slowly(text: str) -> Source:
            reading.set()
            assert decided.wait(30)
            return parse(text)

        monkeypatch.setattr(editing, "parse", parse_slowly)
        putting = threading.Thread(target=vera.put, args=(path,), kwargs={"json": {"source": FIRST}})
        putting.start()
        assert reading.wait(30)
        assert Desk(context).asks("rest:1")["decision"] == "handoff"
        decided.set()
        putting.join()

        assert vera.get(path).json()["source"] == FIRST

    def test_who_set_out_from_an_older_version_is_told(self, vera: AgentCaller, tom: AgentCaller) -> None:
        assert vera.put("/rules", json={"source": FIRST, "base_version": 1}).status_code == 200

        late = tom.put("/rules", json={"source": SECOND, "base_version": 1})

        assert late.status_code == 409
        assert late.json()["type"] == "urn:baton:problem:rules-changed"
        assert late.json()["active_version"] == 2
        assert vera.get("/rules").json()["source"] == FIRST

    def test_a_text_that_was_there_before_is_its_old_version(self, vera: AgentCaller) -> None:
        numbers = [
            vera.put("/rules", json={"source": text}).json()["version"] for text in (FIRST, SECOND, FIRST)
        ]

        assert numbers == [2, 3, 2]

    def test_agents_read_but_do_not_write(self, as_agent: Agents) -> None:
        lin = as_agent("lin")

        assert lin.get("/rules").status_code == 200
        assert lin.get("/rules/versions").status_code == 200
        for answer in (
            lin.put("/rules", json={"source": FIRST}),
            lin.post("/rules/versions/1/activate"),
            lin.get("/rules/draft"),
            lin.put("/rules/draft", json={"source": FIRST}),
            lin.post("/rules/draft/activate"),
        ):
            assert answer.status_code == 404


class TestVersions:
    def test_every_version_is_listed_newest_first_page_by_page(self, vera: AgentCaller) -> None:
        vera.put("/rules", json={"source": FIRST, "note": "less"})
        vera.put("/rules", json={"source": SECOND})

        first = vera.get("/rules/versions", params={"limit": 2}).json()
        second = vera.get("/rules/versions", params={"limit": 2, "cursor": first["next_cursor"]}).json()

        listed = [*first["items"], *second["items"]]
        assert [(item["version"], item["active"], item["note"]) for item in listed] == [
            (3, True, None),
            (2, False, "less"),
            (1, False, None),
        ]
        assert second["next_cursor"] is None

    def test_a_version_is_read_with_its_text(self, vera: AgentCaller) -> None:
        vera.put("/rules", json={"source": FIRST})
        vera.put("/rules", json={"source": SECOND})

        assert vera.get("/rules/versions/2").json()["source"] == FIRST
        assert vera.get("/rules/versions/9").status_code == 404

    def test_rolling_back(self, context: Context, vera: AgentCaller, tom: AgentCaller) -> None:
        vera.put("/rules", json={"source": FIRST})
        vera.put("/rules", json={"source": SECOND})

        answer = tom.post("/rules/versions/2/activate", json={"note": "it was better"})

        assert answer.json()["version"] == 2
        assert answer.json()["activated_by_name"] == "Tom"
        assert answer.json()["activation_note"] == "it was better"
        assert active(context) == (2, ["asks"])
        assert tom.post("/rules/versions/9/activate").status_code == 404

    def test_of_two_who_roll_back_the_second_is_told_of_the_first(
        self, vera: AgentCaller, tom: AgentCaller
    ) -> None:
        for text in (FIRST, SECOND):
            vera.put("/rules", json={"source": text})
        assert vera.post("/rules/versions/2/activate", json={"base_version": 3}).status_code == 200

        late = tom.post("/rules/versions/1/activate", json={"base_version": 3})

        assert late.status_code == 409
        assert late.json()["type"] == "urn:baton:problem:rules-changed"
        assert vera.get("/rules").json()["version"] == 2


class TestDraft:
    def test_from_draft_to_in_force(self, context: Context, vera: AgentCaller) -> None:
        assert vera.get("/rules/draft").status_code == 404

        saved = vera.put("/rules/draft", json={"source": FIRST, "note": "less is more"})

        assert saved.json()["source"] == vera.get("/rules/draft").json()["source"] == FIRST
        assert saved.json()["base_version"] == 1
        assert active(context)[0] == 1

        activated = vera.post("/rules/draft/activate")

        assert (activated.json()["version"], activated.json()["note"]) == (2, "less is more")
        assert active(context) == (2, ["asks"])
        assert vera.get("/rules/draft").status_code == 404

    def test_a_draft_with_mistakes_is_not_kept(self, vera: AgentCaller) -> None:
        vera.put("/rules/draft", json={"source": FIRST})

        assert len(vera.put("/rules/draft", json={"source": TWO_MISTAKES}).json()["errors"]) == 2
        assert vera.get("/rules/draft").json()["source"] == FIRST

    def test_nobody_overwrites_or_activates_what_they_have_not_seen(
        self, vera: AgentCaller, tom: AgentCaller
    ) -> None:
        seen = vera.put("/rules/draft", json={"source": FIRST, "revision": 0}).json()["revision"]
        tom.put("/rules/draft", json={"source": SECOND, "revision": seen})

        for answer in (
            vera.put("/rules/draft", json={"source": FIRST, "revision": seen}),
            vera.put("/rules/draft", json={"source": FIRST, "revision": 0}),
            vera.post("/rules/draft/activate", json={"revision": seen}),
            vera.request("DELETE", "/rules/draft", params={"revision": seen}),
        ):
            assert answer.status_code == 409
            assert answer.json()["type"] == "urn:baton:problem:draft-changed"
        assert vera.get("/rules/draft").json()["source"] == SECOND

    def test_a_draft_does_not_undo_what_was_activated_since(
        self, context: Context, vera: AgentCaller, tom: AgentCaller
    ) -> None:
        vera.put("/rules/draft", json={"source": FIRST})
        tom.put("/rules", json={"source": SECOND})

        assert vera.post("/rules/draft/activate").status_code == 409
        assert active(context)[0] == 2

        vera.put("/rules/draft", json={"source": FIRST, "base_version": 2})
        assert vera.post("/rules/draft/activate").json()["version"] == 3

    def test_dropping_it(self, context: Context, vera: AgentCaller) -> None:
        vera.put("/rules/draft", json={"source": FIRST})

        assert vera.request("DELETE", "/rules/draft").status_code == 204
        assert vera.request("DELETE", "/rules/draft").status_code == 404
        actor = f"agent:{vera.id}"
        assert actions(context) >= {("rules.draft", actor), ("rules.drop_draft", actor)}


class TestAtTheSameTime:
    def test_of_two_who_activate_at_once_one_is_told_to_look_again(
        self, client: TestClient, vera: AgentCaller, tom: AgentCaller
    ) -> None:
        start = threading.Barrier(2)
        answers: dict[str, int] = {}

        def put(name: str, who: AgentCaller, text: str) -> None:
            start.wait()
            answers[name] = who.put("/rules", json={"source": text, "base_version": 1}).status_code

        threads = [
            threading.Thread(target=put, args=("vera", vera, FIRST)),
            threading.Thread(target=put, args=("tom", tom, SECOND)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(answers.values()) == [200, 409]
        won = FIRST if answers["vera"] == 200 else SECOND
        assert vera.get("/rules").json()["source"] == won
        assert [item["version"] for item in vera.get("/rules/versions").json()["items"]] == [2, 1]

    def test_each_turn_during_an_activation_is_decided_by_one_version_alone(
        self, context: Context, vera: AgentCaller
    ) -> None:
        desk = Desk(context)
        rule_of = {1: "asks_for_person", 2: "asks", 3: "wants_a_person"}
        seen: list[tuple[int, str]] = []
        done = threading.Event()

        def talk() -> None:
            number = 0
            while not done.is_set():
                answer = desk.asks(f"rest:{(number := number + 1)}")
                seen.append((answer["rules_version"], answer["rule"]))

        talking = threading.Thread(target=talk)
        talking.start()
        try:
            for text in (FIRST, SECOND, FIRST, SECOND):
                assert vera.put("/rules", json={"source": text}).status_code == 200
        finally:
            done.set()
            talking.join()

        assert {(version, rule_of[version]) for version, _ in seen} >= set(seen)
        assert desk.asks("rest:last")["rules_version"] == 3

    def test_another_replica_decides_by_it_at_once(
        self, context: Context, vera: AgentCaller, database_url: str
    ) -> None:
        database = Database(database_url)
        other = Context(context.settings, database, context.clock)
        try:
            assert Desk(other).asks("rest:1")["rules_version"] == 1
            vera.put("/rules", json={"source": FIRST})
            assert Desk(other).asks("rest:2")["rules_version"] == 2
        finally:
            database.close()

    def test_rules_that_only_a_newer_replica_can_read_cost_no_turn(
        self, context: Context, vera: AgentCaller
    ) -> None:
        check(context)
        vera.put("/rules", json={"source": FIRST})
        vera.post("/rules/versions/1/activate", json={"note": "the second was a mistake"})
        with context.work() as unit:
            version = RuleVersion(
                version=3,
                sha256="-",
                source=FIRST.replace("asks_human", "reads_minds"),
                created_at=unit.now,
                created_by="shipped",
            )
            unit.session.add(version)
            unit.session.flush()
            service.put_in_force(unit, version, "shipped")

        answer = Desk(context).asks("rest:1")

        assert (answer["decision"], answer["rules_version"]) == ("handoff", 1)


def test_forms_learn_what_a_rule_may_test(as_agent) -> None:
    fields = {field["name"]: field for field in as_agent("lin").get("/rules/fields").json()}

    assert fields["language"] == {
        "name": "language",
        "kind": "text",
        "low": None,
        "high": None,
        "choices": ["zh", "en"],
    }
    mood = fields["sentiment"]
    assert (mood["kind"], mood["low"], mood["high"]) == ("number", -1, 1)
    assert fields["asks_human"]["kind"] == "flag"
    assert fields["customer.tags"]["kind"] == "tags"
