"""`./handoff rules` and `./handoff explain`."""

import io
import json
from pathlib import Path

import pytest

from handoff_service.cli import main
from handoff_service.context import Context
from handoff_service.rules.service import SHIPPED_FILE
from handoff_service.settings import Settings
from tests.service.cli.test_cli import environment, refused
from tests.service.desk import Desk

FIRST = """# comments stay
version: 1
rules:
  - id: asks   # who asks
    when: {asks_human: true}
    then: {hand_over: true}
"""
SECOND = FIRST.replace("id: asks", "id: wants_a_person")


@pytest.fixture(autouse=True)
def _environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yml"
    path.write_text(FIRST, encoding="utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


class TestRules:
    def test_from_a_file_into_force_and_out_again(
        self, context: Context, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        told = said(capsys, "rules", "activate", str(file), "--note", "less")

        assert told == "Version 2 is in force from the next turn on.\n"
        assert Desk(context).asks("rest:1")["rule"] == "asks"
        assert said(capsys, "rules", "export") == FIRST
        assert said(capsys, "rules", "export", "--version", "1") == SHIPPED_FILE.read_text("utf-8")
        shown = json.loads(said(capsys, "rules", "show", "--json"))
        assert (shown["version"], shown["note"], shown["created_by"]) == (2, "less", "operator")

    def test_show_tells_who_and_when_above_the_text(self, capsys: pytest.CaptureFixture[str]) -> None:
        lines = said(capsys, "rules", "show").splitlines()

        assert lines[0] == "# version 1, in force"
        assert "by shipped" in lines[1]

    def test_draft_then_activate_then_roll_back(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        said(capsys, "rules", "draft", str(file), "--note", "try")
        assert said(capsys, "rules", "export", "--draft") == said(capsys, "rules", "show", "--draft") == FIRST
        file.write_text(SECOND, encoding="utf-8")
        assert "--replace" in refused(capsys, "rules", "draft", str(file))
        said(capsys, "rules", "draft", str(file), "--replace")

        said(capsys, "rules", "activate", "--draft", "--note", "now")
        assert said(capsys, "rules", "export") == SECOND
        said(capsys, "rules", "activate", "--version", "1", "--note", "back")

        history = said(capsys, "rules", "history").splitlines()
        assert [line.split()[0:2] for line in history] == [["2", history[0].split()[1]], ["*", "1"]]
        assert history[0].endswith("now")
        assert history[1].endswith("back")

    def test_diff(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        said(capsys, "rules", "activate", str(file), "--note", "1")
        file.write_text(SECOND, encoding="utf-8")
        said(capsys, "rules", "draft", str(file))

        lines = said(capsys, "rules", "diff", "2", "draft").splitlines()

        assert lines[:2] == ["--- 2", "+++ draft"]
        assert [line for line in lines[3:] if line[0] in "+-"] == [
            "-  - id: asks   # who asks",
            "+  - id: wants_a_person   # who asks",
        ]
        assert said(capsys, "rules", "diff", "2", "active") == ""

    def test_check_lists_every_mistake(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        bad = tmp_path / "bad.yml"
        bad.write_text(FIRST.replace("asks_human: true", "asks_humn: true, threat: 5"), encoding="utf-8")

        assert main(["rules", "check", str(bad)]) == 1
        assert capsys.readouterr().err.splitlines() == [
            "rules[0].when.asks_humn: unknown field, did you mean asks_human?",
            "rules[0].when.threat: expected true or false, got the number 5",
            f"rules: 2 mistakes in {bad}.",
        ]
        assert said(capsys, "rules", "check", str(SHIPPED_FILE)).endswith("is in order: 14 rules.\n")

    def test_the_input_is_read_for_a_dash(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(FIRST.encode()), encoding="ascii"))

        assert said(capsys, "rules", "check", "-") == "- is in order: 1 rules.\n"

    def test_what_cannot_be_done_is_told_in_a_sentence(
        self, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "bytes.yml").write_bytes(b"\xff")
        file.write_text(FIRST.replace("true}", "maybe}"), encoding="utf-8")

        assert "cannot be read" in refused(capsys, "rules", "check", str(tmp_path / "none.yml"))
        assert "not UTF-8" in refused(capsys, "rules", "check", str(tmp_path / "bytes.yml"))
        assert "and 1 more" in refused(capsys, "rules", "activate", str(file), "--note", "x")
        assert "no version 7" in refused(capsys, "rules", "show", "--version", "7")
        assert "no version 0" in refused(capsys, "rules", "export", "--version", "0")
        assert "no version" in refused(capsys, "rules", "diff", "1", "newest")
        assert "no draft" in refused(capsys, "rules", "activate", "--draft", "--note", "x")

    def test_rules_of_a_file_are_not_changed_here(
        self, file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HANDOFF_RULES_FILE", str(file))

        assert str(file) in refused(capsys, "rules", "activate", "--version", "1", "--note", "x")
        assert said(capsys, "rules", "export") == FIRST


class TestExplain:
    def test_by_conversation_or_by_sender(
        self, context: Context, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = Desk(context)
        desk.turn("rest:1", fallback=True)
        conversation_id = desk.asks("rest:1")["conversation_id"]

        told = said(capsys, "explain", conversation_id)
        assert told.startswith("Message 2 was handed over: the customer asked for a person")
        assert said(capsys, "explain", "rest:1") == told
        assert said(capsys, "explain", "rest:1", "--language", "zh").startswith("第 2 句转人工：")
        assert said(capsys, "explain", "rest:1", "--turn", "1").startswith("Message 1 was not handed over")
        assert len(said(capsys, "explain", "rest:1", "--all").splitlines()) == 2
        monkeypatch.setenv("LANG", "zh_CN.UTF-8")
        assert said(capsys, "explain", "rest:1").startswith("第 2 句转人工：")

    def test_somebody_unknown(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "There is no conversation rest:9" in refused(capsys, "explain", "rest:9")
