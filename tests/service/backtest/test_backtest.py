"""Backtests over a database that the service itself has written, by API and by command."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from handoff_service.backtest import endpoints, repository
from handoff_service.backtest.report import report
from handoff_service.backtest.service import NoTurns, backtest, window_of
from handoff_service.backtest.texts import TEXTS
from handoff_service.cli import main
from handoff_service.conversations import ownership
from handoff_service.conversations import repository as conversations
from handoff_service.handoffs.marks import mark
from handoff_service.hours.business_hours import BusinessHours
from handoff_service.models import Agent, RuleVersion, Turn
from handoff_service.rules.file import parse
from tests.service.backtest.histories import ON_SQLITE
from tests.service.cli.test_cli import environment
from tests.service.decision.factories import DEFAULT_RULES_TEXT
from tests.service.desk import Desk

ONCE = "version: 1\nrules:\n- id: once\n  when: {fallback: true}\n  then: {hand_over: true}\n"
THRICE = ONCE.replace("once", "thrice").replace("fallback: true", "consecutive_fallbacks: {gte: 3}")
FALLBACK = {"fallback": True, "intent": "nlu_fallback"}


@pytest.fixture
def desk(context) -> Desk:
    return Desk(context)


@pytest.fixture
def past(desk, clock) -> Desk:
    """Three conversations: not understood twice and handed over (too late, said Mei); not understood once;
    and one that Mei took by her own hand."""
    desk.agent("Mei")
    for name in ("twice", "once", "taken"):
        for _ in range(2 if name == "twice" else 1):
            desk.turn(name, **FALLBACK)
            clock.advance(seconds=30)
    with desk.context.work() as unit:
        conversation = conversations.live(unit.session, "taken")
        mei = unit.session.query(Agent).one()
        ownership.claim(unit, conversation, mei, rules_version=1)
    clock.advance(minutes=4)
    with desk.context.work() as unit:
        conversation = conversations.live(unit.session, "twice")
        mark(unit, conversations.handoff(unit.session, conversation.handoff_id), "too_late", agent_id="-")
        ownership.give_back(unit, conversation, outcome="solved", note=None)
    clock.advance(minutes=1)
    desk.turn("twice", "thanks")
    return desk


def run(desk: Desk, source: str = ONCE, since=None, until=None, **given):
    with desk.context.database.reading() as session:
        repository.snapshot(session)
        window = window_of(session, since, until)
        return backtest(session, desk.context.settings, parse(source), window, **given)


def counts(result) -> dict[str, int]:
    found = {name: row["count"] for name, row in result["handoffs"].items() if isinstance(row, dict)}
    return {name: count for name, count in found.items() if count}


def test_what_a_draft_would_have_changed(past) -> None:
    result = run(past)

    assert result["observed"] == {"conversations": 3, "turns": 5, "rules_versions": {"1": 5}}
    assert counts(result) == {"earlier": 2, "gained": 1}
    assert (result["handoffs"]["real"], result["handoffs"]["draft"]) == (2, 3)
    assert result["handoffs"]["gained"]["conversations"] == [past.conversation("once").id]
    assert result["earlier_by"]["turns"]["median"] == 1
    assert result["by_rule"]["not_understood_twice"]["real"] == 1
    assert result["by_rule"]["claimed"]["real"] == 1
    assert result["by_rule"]["once"]["draft"] == 3
    assert result["marks"]["too_late_made_earlier"] == 1
    assert result["load"]["real"]["handoffs"] == 2
    assert result["load"]["draft"]["handoffs"] == 3
    assert result["load"]["handling_seconds"]["median"] is not None


def test_what_a_stricter_draft_does_not_make_is_not_by_then(past) -> None:
    assert counts(run(past, THRICE)) == {"not_by_then": 1, "by_hand": 1}


def test_the_rules_in_force_change_nothing_and_repeat_every_stored_decision(past) -> None:
    result = run(past, DEFAULT_RULES_TEXT)

    assert counts(result) == {"same": 1, "by_hand": 1}
    assert result["integrity"]["checked"] == 5
    assert result["integrity"]["other_decision"]["count"] == 0
    assert result["integrity"]["other_running_values"] == 0


def test_a_decision_that_does_not_come_out_again_is_named(past) -> None:
    with past.context.database.transaction() as session:
        session.execute(update(Turn).where(Turn.sender_id == "once").values(decision="handoff", rule="x"))

    integrity = run(past)["integrity"]

    assert integrity["other_decision"] == {"count": 1, "conversations": [past.conversation("once").id]}


def test_rules_that_cannot_be_read_any_more_are_told(past) -> None:
    with past.context.database.transaction() as session:
        session.execute(update(RuleVersion).values(source="version: 1\nrules: [{id: gone}]\n"))

    integrity = run(past)["integrity"]

    assert (integrity["checked"], integrity["unreadable_rules"]) == (0, 5)


def test_several_versions_of_the_signal_code_are_told(past, clock) -> None:
    past.turn("new", version="9")

    signals = run(past)["signals"]

    assert signals == {"versions": {"1": 5, "9": 1}, "newest": "9", "other_turns": 5, "mixed": True}


def test_words_to_a_person_are_no_evidence_for_the_draft(desk, clock) -> None:
    desk.agent("Mei")
    desk.asks("s")
    for _ in range(3):
        clock.advance(seconds=10)
        desk.turn("s", **FALLBACK)

    assert counts(run(desk, THRICE)) == {"not_by_then": 1}


class TestBusinessHours:
    CLOSED = ONCE.replace("fallback: true", "business_hours: false")

    @pytest.fixture
    def settings_overrides(self):
        return {"business_hours": "Mon 09:00-10:00", "time_zone": "UTC"}

    def test_they_are_those_of_the_time_and_of_the_settings_then(self, desk, clock) -> None:
        desk.turn("within", "hello")
        clock.advance(hours=2)
        desk.turn("after", "hello")
        desk.context.settings = desk.context.settings.model_copy(update={"business_hours": BusinessHours()})

        result = run(desk, self.CLOSED)

        assert result["handoffs"]["gained"]["conversations"] == [desk.conversation("after").id]
        assert result["integrity"]["other_decision"]["count"] == 0


def test_only_the_window_counts(past, clock) -> None:
    clock.advance(days=2)
    began = clock.now
    past.turn("new", **FALLBACK)

    assert counts(run(past, since=began)) == {"gained": 1}
    assert counts(run(past, until=began)) == {"earlier": 2, "gained": 1}


def test_the_window_goes_back_thirty_days_from_the_newest_turn(past, clock) -> None:
    clock.advance(days=30)
    past.turn("new", **FALLBACK)

    assert run(past)["observed"]["turns"] < 6
    assert run(past, since=clock.now.replace(year=2025))["observed"]["turns"] == 6


def test_without_turns_it_says_so(desk, past, clock) -> None:
    with pytest.raises(NoTurns):
        run(past, since=clock.now.replace(year=2025), until=clock.now.replace(year=2025, day=3))


def test_more_conversations_than_a_page_holds(desk, monkeypatch) -> None:
    monkeypatch.setattr(repository, "PAGE", 2)
    monkeypatch.setattr(repository, "CHUNK", 3)
    for n in range(5):
        desk.turn(f"s{n}", **FALLBACK)
        desk.turn(f"s{n}", "hello")

    result = run(desk)

    assert result["observed"]["conversations"] == 5
    assert counts(result) == {"gained": 5}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_tells_the_numbers(past, language) -> None:
    told = report(run(past), language)

    assert "2 → 3" in told
    assert past.conversation("once").id in told
    assert {"zh": "提前 2", "en": "earlier 2"}[language] in told
    assert {"zh": "评价太少", "en": "Too few marks"}[language] in told
    assert "{" not in told


def test_the_report_tells_the_change_for_the_desk(past) -> None:
    rows = [line.split() for line in report(run(past), "en").splitlines()]
    assert ["handoffs", "2", "3", "+1"] in rows


def test_the_report_says_that_not_by_then_is_not_saved(past) -> None:
    assert "not a handoff saved" in report(run(past, THRICE), "en")


def test_both_languages_have_the_same_words() -> None:
    assert TEXTS["zh"].keys() == TEXTS["en"].keys()


@ON_SQLITE
class TestCommand:
    @pytest.fixture(autouse=True)
    def _environment(self, settings, monkeypatch) -> None:
        for name, value in environment(settings).items():
            monkeypatch.setenv(name, value)

    @pytest.fixture
    def draft(self, tmp_path) -> Path:
        path = tmp_path / "draft.yaml"
        path.write_text(ONCE, encoding="utf-8")
        return path

    def test_it_prints_a_report_and_no_progress_where_nobody_watches(self, past, draft, capsys) -> None:
        assert main(["backtest", "--rules", str(draft), "--language", "zh"]) == 0

        told = capsys.readouterr()
        assert "转人工 2 → 3" in told.out
        assert told.err == ""

    def test_a_stored_version_or_the_draft(self, past, capsys) -> None:
        assert main(["backtest", "--version", "1", "--language", "en"]) == 0
        assert "2 → 2" in capsys.readouterr().out
        assert main(["backtest"]) == 1
        assert "Save one first" in capsys.readouterr().err

    def test_the_export_names_every_case(self, past, draft, tmp_path) -> None:
        main(["backtest", "--rules", str(draft), "--json", str(tmp_path / "out.json")])

        exported = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
        assert sorted(case["category"] for case in exported["cases"]) == ["earlier", "earlier", "gained"]
        assert exported["result"] == run(past)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (
                ONCE.replace("fallback", "falback"),
                "rules[0].when.falback: unknown field, did you mean fallback?",
            ),
            ("rules: [", "line 1"),
        ],
    )
    def test_bad_rules_are_refused_with_the_place(self, past, draft, capsys, text, reason) -> None:
        draft.write_text(text, encoding="utf-8")

        assert main(["backtest", "--rules", str(draft)]) == 1
        assert reason in capsys.readouterr().err

    def test_a_missing_file(self, past, tmp_path, capsys) -> None:
        assert main(["backtest", "--rules", str(tmp_path / "none.yaml")]) == 1
        assert "No such file" in capsys.readouterr().err

    def test_an_export_that_fails_leaves_the_old_one(self, desk, draft, tmp_path, capsys) -> None:
        out = tmp_path / "out.json"
        out.write_text("old")

        assert main(["backtest", "--rules", str(draft), "--json", str(out)]) == 1
        assert "No turn has been stored yet" in capsys.readouterr().err
        assert out.read_text() == "old"
        assert [path.name for path in tmp_path.iterdir() if "out.json" in path.name] == ["out.json"]

    def test_a_time_that_is_none(self, draft, capsys) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["backtest", "--rules", str(draft), "--since", "yesterday"])

        assert ended.value.code == 2
        assert "is no time" in capsys.readouterr().err


@ON_SQLITE
class TestEndpoint:
    @pytest.fixture
    def vera(self, as_agent):
        return as_agent("vera", role="supervisor")

    def test_supervisors_get_the_same_as_the_command(self, past, vera) -> None:
        answer = vera.post("/rules/backtest", json={"source": ONCE})

        assert answer.status_code == 200
        assert answer.json() == run(past)

    def test_a_stored_version_can_be_replayed(self, past, vera) -> None:
        assert counts(vera.post("/rules/backtest", json={"version": 1}).json()) == {"same": 1, "by_hand": 1}

    def test_without_rules_the_draft_is_replayed(self, past, vera) -> None:
        vera.put("/rules/draft", json={"source": ONCE})

        assert vera.post("/rules/backtest", json={}).json() == run(past)

    def test_rules_may_come_as_json(self, past, vera) -> None:
        given = {"rules": [{"id": "once", "when": {"fallback": True}, "then": {"hand_over": True}}]}

        assert counts(vera.post("/rules/backtest", json=given).json()) == counts(run(past))

    def test_for_others_it_does_not_exist(self, past, as_agent) -> None:
        assert as_agent("lin").post("/rules/backtest", json={"source": ONCE}).status_code == 404

    def test_what_is_wrong_with_the_rules_is_told(self, past, vera) -> None:
        answer = vera.post("/rules/backtest", json={"source": ONCE.replace("fallback", "falback")})

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["loc"] == ["rules[0].when.falback"]

    @pytest.mark.parametrize(
        ("given", "status"),
        [
            ({}, 404),
            ({"source": ONCE, "version": 1}, 422),
            ({"version": 99}, 404),
            ({"source": ONCE, "since": "2027-01-01T00:00:00Z"}, 422),
            ({"source": ONCE, "until": "0001-01-01T00:00:00Z"}, 422),
            ({"source": ONCE, "since": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}, 200),
        ],
    )
    def test_refusals(self, past, vera, given, status) -> None:
        assert vera.post("/rules/backtest", json=given).status_code == status

    def test_too_many_turns_are_refused_before_anything_is_read(self, past, vera, monkeypatch) -> None:
        monkeypatch.setattr(endpoints, "MOST_TURNS", 4)

        answer = vera.post("/rules/backtest", json={"source": ONCE})

        assert answer.status_code == 413
        assert "./handoff" in answer.json()["detail"]

    def test_one_at_a_time(self, past, vera) -> None:
        with endpoints._running:
            assert vera.post("/rules/backtest", json={"source": ONCE}).status_code == 409
        assert vera.post("/rules/backtest", json={"source": ONCE}).status_code == 200
