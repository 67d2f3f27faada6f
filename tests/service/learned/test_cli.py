"""`./handoff learn`: from marked conversations or a file to a version in force."""

import json
import re

import pytest
from sqlalchemy import select

from handoff_service.cli import main
from handoff_service.learned import evaluation, repository, training
from handoff_service.learned.texts import TEXTS
from handoff_service.models import AuditEntry, Handoff
from tests.service.cli.test_cli import environment
from tests.service.desk import Desk
from tests.service.learned.dialogues import made_up

PLACES = re.compile(r"\{\w+\}")


@pytest.fixture(autouse=True)
def _environment(settings, monkeypatch):
    for name, value in {**environment(settings), "LC_ALL": "C"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "dialogues.jsonl"
    lines = [
        {
            "id": one.id,
            "turns": [
                {"role": turn.role, "tokens": turn.tokens, "label": label}
                for turn, label in zip(one.turns, one.labels, strict=True)
            ],
        }
        for one in made_up()
    ]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return str(path)


@pytest.fixture
def trained(model, monkeypatch):
    """Training takes no time: it gives the model of the made-up dialogues. It has tests of its own."""
    for module in (training, evaluation):
        monkeypatch.setattr(module, "train", lambda *_, **__: model)


def told(capsys, *arguments):
    assert main(["learn", *arguments]) == 0
    return capsys.readouterr().out


def refused(capsys, *arguments):
    assert main(["learn", *arguments]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


def versions(context):
    with context.database.reading() as session:
        return [(one.version, one.active) for one in repository.all_versions(session)]


def test_from_a_file_to_a_version_in_force_and_out_again(context, file, trained, capsys):
    assert "There is no model yet" in told(capsys, "--list")
    assert "Kept as version 1, not in force" in told(capsys, "--train", file)
    assert versions(context) == [(1, False)]
    assert "Version 1 is in force" in told(capsys, "--activate", "1")
    assert "1*" in told(capsys, "--list")
    assert "Version 1 is no longer" in told(capsys, "--deactivate")
    assert "No model was in force" in told(capsys, "--deactivate")
    with context.database.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("learned.")))
        assert {entry.actor for entry in entries} == {"operator"}
    assert versions(context) == [(1, False)]


def test_measuring_keeps_nothing(context, file, capsys):
    for arguments in (["--train", file, "--test", file], ["--cv", "2", file]):
        printed = told(capsys, *arguments)
        assert all(name in printed for name in ("F1 ", "macro-F1 ", "AUC ", "GT-I/II/III "))
    assert versions(context) == []


def test_it_learns_from_marked_conversations(context, trained, monkeypatch, capsys):
    monkeypatch.setattr(training, "MINIMUM", 12)
    monkeypatch.setattr(training, "MINIMUM_POSITIVE", 6)
    desk = Desk(context)
    desk.agent("Mei", capacity=100)
    for number in range(12):
        desk.turn(f"s{number}", "where is my parcel" if number % 2 else "how do I pay")
        context.clock.advance(seconds=1)
        desk.asks(f"s{number}") if number % 2 else desk.turn(f"s{number}", "thanks", threat=True)
        context.clock.advance(seconds=1)
    with context.work() as unit:
        for number, handoff in enumerate(unit.session.query(Handoff).order_by(Handoff.requested_at)):
            handoff.mark = "needed" if number % 2 else "not_needed"
    assert "Learned from 12 dialogues, 24 turns, 6 of them to hand over" in told(capsys)
    assert versions(context) == [(1, False)]


def test_refusals_say_why_and_keep_nothing(context, tmp_path, capsys):
    assert "0 dialogues" in refused(capsys)
    assert "--list shows" in refused(capsys, "--activate", "7")
    (tmp_path / "bad.jsonl").write_text("{}\n")
    assert "line 1" in refused(capsys, "--train", str(tmp_path / "bad.jsonl"))
    assert versions(context) == []


def test_it_tells_everything_in_the_language_asked_for(context, file, trained, capsys):
    zh = ("--language", "zh")
    assert "还没有模型" in told(capsys, "--list", *zh)
    kept = told(capsys, "--train", file, *zh)
    assert "宏平均 F1" in kept
    assert "学习了 48 段对话" in kept
    assert "已保存为版本 1" in kept
    assert "版本 1 从下一轮起生效" in told(capsys, "--activate", "1", *zh)
    assert "* 已启用" in told(capsys, "--list", *zh)
    assert "版本 1 已停用" in told(capsys, "--deactivate", *zh)
    assert "没有启用的模型" in told(capsys, "--deactivate", *zh)
    assert "宏平均 F1" in told(capsys, "--train", file, "--test", file, *zh)
    assert "宏平均 F1" in told(capsys, "--cv", "2", file, *zh)


def test_the_language_is_that_of_the_terminal(context, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "还没有模型" in told(capsys, "--list")


def test_whoever_watches_is_told_each_step_in_their_language(context, file, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    for language, steps, folds in [
        (
            "zh",
            ["提取特征", "训练线性模型", "训练决策树和神经网络"],
            ["第 1 折，共 2 折", "第 2 折，共 2 折"],
        ),
        ("en", ["features", "linear models", "trees and networks"], ["fold 1 of 2", "fold 2 of 2"]),
    ]:
        for arguments, expected in [(["--train", file, "--test", file], steps), (["--cv", "2", file], folds)]:
            assert main(["learn", *arguments, "--language", language]) == 0
            watched = capsys.readouterr().err.splitlines()
            assert [line.strip(" …") for line in watched] == expected


def test_both_languages_have_the_same_texts_with_the_same_places():
    zh, en = TEXTS["zh"], TEXTS["en"]
    assert zh.keys() == en.keys()
    for key in zh:
        assert set(PLACES.findall(zh[key])) == set(PLACES.findall(en[key])), key


@pytest.mark.parametrize(
    "arguments",
    [["--test", "a"], ["--train", "a", "--list"], ["--cv", "x", "a"], ["--list", "--deactivate"]],
)
def test_options_that_do_not_go_together_are_a_usage_error(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["learn", *arguments])
    assert stopped.value.code == 2
