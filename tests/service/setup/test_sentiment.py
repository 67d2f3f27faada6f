"""When the sentiment model is trained anew."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import sentiment
from scripts.console import SetupError
from scripts.settings import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (*sentiment.CODE, "data/sentiment/zh/hotels.txt", "data/sentiment/held_out/zh.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("[negative]\n太吵", encoding="utf-8")
    lock = "\n".join(f'name = "{package}"\nversion = "1"' for package in sentiment.PACKAGES)
    (tmp_path / "uv.lock").write_text(lock, encoding="utf-8")
    return tmp_path


def stand_in(path: Path, script: str) -> Path:
    """In place of the assistant's Python: what the training would do, in a line of shell."""
    path.write_text(f'#!/bin/sh\n[ "$2" = scripts.sentiment_training ] || exit 9\nout=$3\n{script}\n')
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", ["data/sentiment/zh/hotels.txt", sentiment.CODE[0], "uv.lock"])
def test_a_changed_source_asks_for_another_model(project: Path, name: str) -> None:
    before = sentiment.model_path(project)

    changed = (project / name).read_text(encoding="utf-8").replace("1", "2").replace("太吵", "太小")
    (project / name).write_text(changed, encoding="utf-8")

    assert sentiment.model_path(project) != before


def imports(path: Path) -> Iterator[Path]:
    """The project's modules that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in (node.module, *(f"{node.module}.{each.name}" for each in node.names)):
                module = (ROOT / name.replace(".", "/")).with_suffix(".py")
                if module.is_file():
                    yield module


def test_every_module_that_the_training_needs_is_a_source() -> None:
    found: set[Path] = set()
    waiting = {ROOT / "scripts/sentiment_training.py"}
    while waiting:
        found |= waiting
        waiting = {each for module in waiting for each in imports(module)} - found

    assert {str(path.relative_to(ROOT)) for path in found} == set(sentiment.CODE)


def test_texts_held_out_ask_for_no_other_model(project: Path) -> None:
    before = sentiment.model_path(project)

    (project / "data/sentiment/held_out/zh.txt").write_text("[negative]\n太旧", encoding="utf-8")

    assert sentiment.model_path(project) == before


def test_a_trained_model_is_put_in_place_and_is_the_newest(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'mkdir "$out" && echo new > "$out/meta.json"'
    monkeypatch.setattr(sentiment, "ASSISTANT_PYTHON", stand_in(tmp_path / "python", script))
    for age in range(1, 6):
        earlier = project / "models" / f"sentiment-{age}"
        earlier.mkdir(parents=True)
        os.utime(earlier, (1000 - age, 1000 - age))

    trained = sentiment.ensure(dict(os.environ), project)
    sentiment.train(trained, dict(os.environ), project)

    assert (trained / "meta.json").read_text() == "new\n"
    assert {path.name for path in trained.parent.iterdir()} == {
        *(trained.name, "sentiment-1", "sentiment-2"),
        sentiment.LOG,
    }

    os.utime(trained, (1, 1))
    assert sentiment.ensure({}, project) == trained
    assert max(trained.parent.glob("sentiment-*"), key=lambda path: path.stat().st_mtime) == trained


@pytest.mark.parametrize("script", ["echo 'ValueError: hotels.txt:1'; exit 1", "exit 0"])
def test_a_failed_training_keeps_the_earlier_model(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(sentiment, "ASSISTANT_PYTHON", stand_in(tmp_path / "python", script))
    (project / "models" / "sentiment-old").mkdir(parents=True)

    with pytest.raises(SetupError, match="the training failed"):
        sentiment.ensure(dict(os.environ), project)

    assert sorted(path.name for path in (project / "models").iterdir()) == ["sentiment-old", sentiment.LOG]
