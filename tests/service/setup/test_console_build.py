"""When the console is built anew, what a failed build leaves, and what is said when npm cannot fetch."""

import gzip
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import api_types, console_build
from scripts.console import SetupError
from scripts.settings import ROOT, SERVICE_PYTHON

SOURCES = [*console_build.FILES, "src/main.ts", "widget/main.ts"]
BUILDING = "mkdir -p $out; echo $$ > $out/index.html; echo 1 > $out/widget.js"
BUILD = ["vite", "vite"]  # the console and the widget


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A console that is small, and packages that need no network."""
    folder = tmp_path / "console"
    for name in (*SOURCES, "README.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("1", encoding="utf-8")
    return folder


@pytest.fixture
def tools(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Stand-ins for npm and vite: what each would do, in a line of shell; `out` is where vite builds."""

    def make(npm: str = "mkdir -p node_modules", vite: str = BUILDING) -> None:
        for name, script in (("npm", npm), ("vite", f"out=$3; {vite}")):
            path = tmp_path / name
            path.write_text(f"#!/bin/sh\necho {name} >> {tmp_path}/calls\n{script}\n")
            path.chmod(0o755)
        monkeypatch.setattr(console_build, "npm", lambda: [str(tmp_path / "npm")])
        monkeypatch.setattr(
            console_build, "tool", lambda name, *given, folder: [str(tmp_path / name), *given]
        )
        monkeypatch.setattr(console_build, "LOGS", tmp_path / "logs")

    make()
    return make


def calls(tmp_path: Path) -> list[str]:
    path = tmp_path / "calls"
    return path.read_text().split() if path.exists() else []


def ensure(folder: Path) -> Path:
    return console_build.ensure(dict(os.environ), folder)


@pytest.mark.parametrize("name", SOURCES)
def test_a_changed_source_asks_for_another_build(folder: Path, name: str) -> None:
    before = console_build.fingerprint(folder)

    (folder / name).write_text("2", encoding="utf-8")

    assert console_build.fingerprint(folder) != before


def test_what_the_build_does_not_read_asks_for_none(folder: Path) -> None:
    before = console_build.fingerprint(folder)

    (folder / "README.md").write_text("2", encoding="utf-8")

    assert console_build.fingerprint(folder) == before


@pytest.mark.usefixtures("tools")
def test_it_is_built_once_for_the_same_sources(folder: Path, tmp_path: Path) -> None:
    assert (ensure(folder) / "index.html").exists()
    ensure(folder)

    assert calls(tmp_path) == ["npm", *BUILD]
    assert gzip.decompress((folder / "dist" / "widget.js.gz").read_bytes()) == b"1\n"


@pytest.mark.usefixtures("tools")
def test_the_packages_are_installed_anew_only_when_the_lock_changed(folder: Path, tmp_path: Path) -> None:
    ensure(folder)
    (folder / "src/main.ts").write_text("2", encoding="utf-8")
    ensure(folder)
    (folder / "package-lock.json").write_text("2", encoding="utf-8")
    ensure(folder)

    assert calls(tmp_path) == ["npm", *BUILD, *BUILD, "npm", *BUILD]


def test_a_failed_build_leaves_the_earlier_one_and_names_its_log(
    folder: Path, tools: Callable[..., None], tmp_path: Path
) -> None:
    earlier = (ensure(folder) / "index.html").read_text()
    (folder / "src/main.ts").write_text("not TypeScript", encoding="utf-8")
    tools(vite="mkdir $out; echo 'main.ts: no such thing' >&2; exit 1")

    with pytest.raises(
        SetupError, match=r"could not be built \(main\.ts: no such thing\); the log is .*console\.log"
    ):
        ensure(folder)

    assert (folder / "dist" / "index.html").read_text() == earlier
    assert list(folder.glob(".build-*")) == []


def test_a_console_without_its_widget_is_no_build(folder: Path, tools: Callable[..., None]) -> None:
    tools(vite="mkdir -p $out; echo 1 > $out/index.html")

    with pytest.raises(SetupError, match="could not be built"):
        ensure(folder)

    assert not (folder / "dist").exists()


@pytest.mark.parametrize("error", ["ENOTFOUND registry.npmjs.org", "code ECONNREFUSED", "ETIMEDOUT"])
def test_a_registry_that_does_not_answer_is_named_with_the_way_out(
    folder: Path, tools: Callable[..., None], error: str
) -> None:
    tools(npm=f"echo 'npm error {error}'; exit 1")

    with pytest.raises(SetupError, match=r"registry does not answer.*NPM_CONFIG_REGISTRY"):
        ensure(folder)


def test_packages_that_do_not_fit_the_lock_are_another_error(
    folder: Path, tools: Callable[..., None]
) -> None:
    tools(npm="echo 'npm error package.json and package-lock.json are not in sync'; exit 1")

    with pytest.raises(SetupError, match=r"could not be installed \(npm error package\.json"):
        ensure(folder)


def test_the_lock_names_no_registry_so_that_a_mirror_serves_as_well() -> None:
    lock = (ROOT / "console" / "package-lock.json").read_text(encoding="utf-8")

    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 50


def test_the_committed_types_are_those_of_the_api() -> None:
    """`make format` renews them."""
    command = [str(SERVICE_PYTHON), "-m", "scripts.api_types", "--check"]

    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert answer.returncode == 0, answer.stderr


def test_a_changed_api_changes_the_types() -> None:
    schemas = {"Thing": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "", "version": ""},
        "paths": {},
        "components": {"schemas": schemas},
    }

    assert "id: string;" in api_types.types_of(document)

    schemas["Thing"]["properties"] = {"id": {"type": "integer"}}
    assert "id: number;" in api_types.types_of(document)
