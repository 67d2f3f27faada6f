"""When the model is trained anew."""

import os
import re
from pathlib import Path

import pytest

from scripts import model
from scripts.console import SetupError
from scripts.settings import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "config.yml": "language: zh",
        "domain.yml": "intents: [greet]",
        "data/nlu/greet.yml": "你好",
        "rasa_parts/tokenizer.py": "import jieba",
        "uv.lock": 'name = "rasa"\nversion = "3.6.21"\n\nname = "other"\nversion = "1"\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["config.yml", "domain.yml", "data/nlu/greet.yml", "rasa_parts/tokenizer.py"]
)
def test_a_changed_source_asks_for_another_model(project: Path, name: str) -> None:
    before = model.model_path(project)

    (project / name).write_text("changed", encoding="utf-8")

    assert model.model_path(project) != before


def test_a_new_and_a_renamed_file_ask_for_another_model(project: Path) -> None:
    names = {model.fingerprint(project)}
    (project / "data/nlu/bye.yml").write_text("再见", encoding="utf-8")
    names.add(model.fingerprint(project))
    (project / "data/nlu/bye.yml").rename(project / "data/nlu/goodbye.yml")
    names.add(model.fingerprint(project))

    assert len(names) == 3


def test_another_rasa_asks_for_another_model_and_another_package_does_not(project: Path) -> None:
    before = model.fingerprint(project)
    lock = (project / "uv.lock").read_text(encoding="utf-8")

    (project / "uv.lock").write_text(lock.replace('"1"', '"2"'), encoding="utf-8")
    assert model.fingerprint(project) == before
    (project / "uv.lock").write_text(lock.replace("3.6.21", "3.6.22"), encoding="utf-8")
    assert model.fingerprint(project) != before


def test_file_times_and_editors_hidden_files_do_not_matter(project: Path) -> None:
    before = model.fingerprint(project)

    os.utime(project / "domain.yml", (1, 1))
    (project / "data/nlu/.greet.yml.swp").write_text("x")

    assert model.fingerprint(project) == before


def test_a_model_of_the_present_sources_is_not_trained_again(project: Path) -> None:
    expected = model.model_path(project)
    expected.parent.mkdir()
    expected.write_bytes(b"trained")

    assert model.ensure({}, project) == expected
    assert expected.read_bytes() == b"trained"


def stand_in(path: Path, script: str) -> Path:
    """In place of the assistant's Python: what `rasa train` would do, in a line of shell."""
    path.write_text(f'#!/bin/sh\n[ "$2" = scripts.rasa_train ] || exit 9\nout=$5\n{script}\n')
    path.chmod(0o755)
    return path


def test_a_trained_model_is_put_in_place_and_few_older_ones_are_kept(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        model, "ASSISTANT_PYTHON", stand_in(tmp_path / "python", 'echo new > "$out/model.tar.gz"')
    )
    folder = project / "models"
    folder.mkdir()
    for age in range(1, 6):
        (folder / f"baton-{age}.tar.gz").write_text("old")
        os.utime(folder / f"baton-{age}.tar.gz", (1000 - age, 1000 - age))
    (folder / "mine.tar.gz").write_text("a user's own")

    trained = model.ensure(dict(os.environ), project)

    assert trained.read_text() == "new\n"
    assert {path.name for path in folder.iterdir()} == {
        *(trained.name, "baton-1.tar.gz", "baton-2.tar.gz"),
        *("mine.tar.gz", model.LOG),
    }


@pytest.mark.parametrize(
    "script",
    [
        "echo 'YamlException: \033[91mdomain.yml is broken\033[0m'; exit 1",
        "echo 'domain.yml is broken'; exit 0",
    ],
)
def test_a_failed_training_ends_in_a_sentence_and_keeps_the_old_model(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(model, "ASSISTANT_PYTHON", stand_in(tmp_path / "python", script))
    (project / "models").mkdir()
    (project / "models" / "baton-old.tar.gz").write_text("old")

    with pytest.raises(
        SetupError, match=re.escape(f"is broken); the log is {project / 'models' / model.LOG}")
    ):
        model.ensure(dict(os.environ), project)

    left = {path.name for path in (project / "models").iterdir()}
    assert left == {"baton-old.tar.gz", model.LOG}


def test_the_code_that_training_runs_is_all_among_the_sources() -> None:
    """Every module of ours that a component of the pipeline imports, directly or not."""
    pipeline = (ROOT / "config.yml").read_text(encoding="utf-8").partition("policies:")[0]
    open_, seen = set(re.findall(r"rasa_parts\.(\w+)", pipeline)), set()
    while open_:
        module = open_.pop()
        seen.add(module)
        source = (ROOT / "rasa_parts" / f"{module}.py").read_text(encoding="utf-8")
        open_ |= set(re.findall(r"^from rasa_parts\.(\w+) import", source, re.MULTILINE)) - seen

    assert {f"rasa_parts/{module}.py" for module in seen} == set(model.CODE)
