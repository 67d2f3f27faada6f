"""`tune` on a database that the service has written."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from handoff_service.backtest import tune as tuning
from handoff_service.backtest.history import StoredHandoff
from handoff_service.backtest.stretches import stretches
from handoff_service.backtest.tune import samples
from handoff_service.cli import main
from handoff_service.decision.decide import decide
from handoff_service.decision.questions import Question
from handoff_service.decision.rules import RuleSet
from handoff_service.decision.running import running_values
from handoff_service.models import Base, Conversation, Handoff, Turn
from handoff_service.rules import editing, repository
from handoff_service.rules.file import parse
from handoff_service.rules.service import SHIPPED_FILE, active_rules
from tests.service.backtest.histories import EVER, MINUTE, NINE, ON_SQLITE, history
from tests.service.cli.test_cli import environment
from tests.service.decision.factories import facts
from tests.service.desk import Desk


@pytest.fixture
def desk(context) -> Desk:
    return Desk(context)


def handed_over(name: str, rules: RuleSet, at: dt.datetime, *, needed: bool) -> list[Base]:
    """The rows of a conversation whose only turn was handed over, by the score of its displeasure."""
    seen = facts(topic="refund", question=Question("refund_status"), sentiment=-0.7 if needed else -0.5)
    seen = replace(seen, running=running_values([], seen.signals, at=at))
    rule = decide(seen, rules).rule
    assert rule == "refund_unsettled"
    common = {"conversation_id": name, "rule": rule, "rules_version": rules.version}
    return [
        Conversation(id=name, sender_id=name, channel="rest", created_at=at, updated_at=at),
        Turn(
            **common,
            sender_id=name,
            message_id="1",
            seq=1,
            sent_at=at,
            created_at=at,
            owner="bot",
            decision="handoff",
            signals=seen.signals.to_dict(),
            facts=seen.to_dict(),
            answer={},
        ),
        Handoff(
            **common, source="turn", requested_at=at, ended_at=at, mark="needed" if needed else "not_needed"
        ),
    ]


@pytest.fixture
def marked(desk) -> Desk:
    """Refunds handed over for displeasure; agents found those of the mildly displeased not needed."""
    with desk.context.work() as unit:
        rules = active_rules(unit)
        for n in range(40):
            unit.session.add_all(handed_over(f"c{n}", rules, unit.now, needed=n % 2 == 0))
    return desk


def test_stretches_become_samples() -> None:
    made = history("f H . f c f . gap f")
    made.handoffs.append(StoredHandoff("h", False, "claimed", NINE + 10_000 * MINUTE))

    found = list(samples("c", stretches(made.turns, made.handoffs, EVER), EVER))

    assert [(len(sample.turns), sample.place) for sample in found] == [(2, 2), (2, 3), (2, None), (1, 2)]
    assert [facts.running.consecutive_fallbacks for facts in found[0].turns] == [1, 2]


def test_the_same_samples_are_kept_whatever_comes_first() -> None:
    made = [tuning.Sample(f"c{n}", (), None, None) for n in range(50)]
    one, other = tuning._Sampler(10), tuning._Sampler(10)
    for sample in made:
        one.add(sample)
    for sample in made[::-1]:
        other.add(sample)

    assert one.samples() == other.samples()
    assert len(one.samples()) == 10


@pytest.fixture
def _environment(settings, monkeypatch) -> None:
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)


@ON_SQLITE
@pytest.mark.usefixtures("_environment")
class TestCommand:
    def test_it_proposes_shows_the_backtest_and_writes_the_rules_with_their_comments(
        self, marked, tmp_path: Path, capsys
    ) -> None:
        out = tmp_path / "draft.yaml"

        assert main(["tune", "--out", str(out), "--language", "zh"]) == 0

        told = capsys.readouterr().out
        assert "refund_unsettled  sentiment lte  -0.4  -0.7" in told
        assert "没有启用" in told
        assert "转人工 40 → 20" in told
        shipped = SHIPPED_FILE.read_text(encoding="utf-8").splitlines()
        changed = [
            (old.strip(), new.strip())
            for old, new in zip(shipped, out.read_text(encoding="utf-8").splitlines(), strict=True)
            if old != new
        ]
        assert changed == [("- sentiment: {lte: -0.4}", "- sentiment: {lte: -0.7}")]

    def test_nothing_is_switched_on_and_a_draft_is_kept_only_when_asked_for(self, marked, context) -> None:
        main(["tune"])
        with context.database.reading() as session:
            assert repository.draft(session) is None
        main(["tune", "--save-draft"])
        with context.database.reading() as session:
            draft, active = repository.draft(session), repository.active(session)
            assert draft is not None
            assert active is not None
            assert "sentiment: {lte: -0.7}" in draft.source
            assert active.version == 1
            assert draft.updated_by == "operator"

    def test_a_draft_of_somebody_else_stays(self, marked, tmp_path, capsys) -> None:
        main(["tune", "--save-draft"])
        capsys.readouterr()
        out = tmp_path / "proposed.yaml"

        assert main(["tune", "--save-draft", "--out", str(out)]) == 1
        told = capsys.readouterr()
        assert "Read the draft again" in told.err
        assert "refund_unsettled" in told.out
        assert "sentiment: {lte: -0.7}" in out.read_text("utf-8")

    def test_a_proposal_made_from_rules_that_were_replaced_meanwhile_is_no_draft(
        self, marked, context, capsys, monkeypatch
    ) -> None:
        def tune_slowly(*given, **named):
            tuned = tuning.tune(*given, **named)
            with context.work() as unit:
                editing.put(unit, parse(SHIPPED_FILE.read_text("utf-8") + "\n# better"), None, None)
            return tuned

        monkeypatch.setattr("handoff_service.cli.tune.tune", tune_slowly)

        assert main(["tune", "--save-draft"]) == 1
        assert "version 2 is in force now" in capsys.readouterr().err
        with context.database.reading() as session:
            assert repository.draft(session) is None

    def test_too_few_marks(self, desk, capsys) -> None:
        desk.asks("s")

        assert main(["tune"]) == 1
        assert "0 handoffs are marked; tuning takes at least 30." in capsys.readouterr().err

    def test_a_rule_that_is_none(self, marked, capsys) -> None:
        assert main(["tune", "--rule", "vip", "--rule", "gone"]) == 1
        assert "gone, vip: no such rule, or no number behind" in capsys.readouterr().err

    def test_where_nothing_is_better_it_says_so(self, marked, capsys, tmp_path) -> None:
        out = tmp_path / "draft.yaml"

        assert main(["tune", "--rule", "displeased_twice", "--out", str(out), "--language", "en"]) == 0
        assert "leave them" in capsys.readouterr().out
        assert not out.exists()


def test_the_api_proposes_the_same(marked, as_agent) -> None:
    vera = as_agent("vera", role="supervisor")

    told = vera.post("/rules/tune", json={}).json()

    assert [(each["rule"], each["now"], each["proposed"]) for each in told["thresholds"]] == [
        ("refund_unsettled", -0.4, -0.7)
    ]
    assert told["backtest"]["handoffs"]["not_by_then"]["count"] == 20
    assert "sentiment: {lte: -0.7}" in told["source"]
    assert vera.post("/rules/tune", json={"rules": ["gone"]}).status_code == 422
    assert as_agent("lin").post("/rules/tune", json={}).status_code == 404
