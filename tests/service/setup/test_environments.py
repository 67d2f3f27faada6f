"""When and with what an environment is built; uv and pip are stood in for by executables that only answer."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from scripts import environments
from scripts.console import SetupError
from scripts.environments import Project
from tests.service.setup.test_pythons import executable, python

MIRROR = "https://mirror.example/simple"
UV = 'case "$*" in --version) echo "uv 0.13.9 (linux)";; *) {};; esac'
# builds an environment as uv would: the folder comes after --directory, the Python after --python
BUILDS = 'echo "$@" >> "$2/calls"; mkdir -p "$2/.venv/bin"; ln -sf "$6" "$2/.venv/bin/python"'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "uv.lock").write_text("version = 1")
    return Project("the test's environment", tmp_path, ((3, 12), (3, 13)))


@pytest.fixture
def machine(tmp_path: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """A machine with Python 3.12 and uv, and nothing else."""
    monkeypatch.setattr(environments, "ASSISTANT", project)
    monkeypatch.setattr(environments, "SERVICE", project)
    monkeypatch.setattr(environments, "TOOLS", tmp_path / ".tools")
    monkeypatch.setattr(environments, "LOGS", tmp_path / ".tools" / "logs")
    monkeypatch.setattr(environments, "chosen_index", lambda environ: None)
    python(tmp_path / "bin" / "python3.12", "3.12")
    executable(tmp_path / "bin" / "uv", UV.format(BUILDS))
    return {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "HOME": str(tmp_path)}


def built(project: Project) -> int:
    calls = project.folder / "calls"
    return len(calls.read_text().splitlines()) if calls.exists() else 0


def ensure_once(environ: Mapping[str, str], project: Project) -> int:
    """How often uv was called to build. Both of Baton's projects are the same one here."""
    before = built(project)
    environments.ensure(environ)
    return built(project) - before


def test_the_second_time_builds_nothing(machine: Mapping[str, str], project: Project) -> None:
    assert ensure_once(machine, project) > 0
    assert ensure_once(machine, project) == 0


@pytest.mark.parametrize("name", ["pyproject.toml", "uv.lock"])
def test_a_changed_project_file_builds_again(machine: Mapping[str, str], project: Project, name: str) -> None:
    environments.ensure(machine)

    (project.folder / name).write_text("changed")

    assert ensure_once(machine, project) > 0


def test_another_interpreter_under_the_environment_builds_again(
    machine: Mapping[str, str], project: Project, tmp_path: Path
) -> None:
    environments.ensure(machine)

    project.python.unlink()
    project.python.symlink_to(python(tmp_path / "other" / "python3.12", "3.12"))

    assert ensure_once(machine, project) > 0


def test_an_interpreter_that_was_removed_builds_again_with_one_that_is_there(
    machine: Mapping[str, str], project: Project, tmp_path: Path
) -> None:
    environments.ensure(machine)

    (tmp_path / "bin" / "python3.12").unlink()
    expected = python(tmp_path / ".pyenv" / "versions" / "3.12.3" / "bin" / "python", "3.12")

    assert ensure_once(machine, project) > 0
    assert str(project.python.resolve()) == expected


def test_a_newer_python_on_the_path_rebuilds_nothing(
    machine: Mapping[str, str], project: Project, tmp_path: Path
) -> None:
    environments.ensure(machine)

    python(tmp_path / "bin" / "python3.13", "3.13")

    assert ensure_once(machine, project) == 0


def test_a_failed_build_says_why_in_one_sentence_and_is_tried_again(
    machine: Mapping[str, str], project: Project, tmp_path: Path
) -> None:
    executable(tmp_path / "bin" / "uv", UV.format("echo 'error: no space left'; exit 2"))

    with pytest.raises(SetupError, match="could not be built \\(error: no space left\\); the log is"):
        environments.ensure(machine)

    executable(tmp_path / "bin" / "uv", UV.format(BUILDS))
    assert ensure_once(machine, project) > 0


def test_without_any_python_uv_is_asked_for_one_and_its_failure_names_what_to_install(
    machine: Mapping[str, str], tmp_path: Path
) -> None:
    (tmp_path / "bin" / "python3.12").unlink()
    executable(tmp_path / "bin" / "uv", UV.format('[ "$6" = 3.12 ] && echo "error: cannot download"; exit 2'))

    with pytest.raises(SetupError, match=r"needs Python 3\.12 or newer.*pyenv install 3\.12") as refused:
        environments.ensure({**machine, "PATH": f"{tmp_path}/bin"})

    assert "\n" not in str(refused.value)


def test_a_uv_that_does_not_run_or_is_too_old_is_not_used(machine: Mapping[str, str], tmp_path: Path) -> None:
    own = executable(tmp_path / ".tools" / "uv" / "bin" / "uv", 'echo "uv 0.13.9"')

    executable(tmp_path / "bin" / "uv", "echo 'pyenv: uv: command not found' >&2; exit 127")
    assert environments.find_uv(machine) == own
    executable(tmp_path / "bin" / "uv", 'echo "uv 0.4.30"')
    assert environments.find_uv(machine) == own


def test_without_the_venv_module_uv_is_installed_by_pip_alone(
    machine: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin" / "uv").unlink()
    pip = 'mkdir -p "$6/bin"; printf "#!/bin/sh\\necho uv 0.13.9\\n" > "$6/bin/uv"; chmod +x "$6/bin/uv"'
    alone = executable(tmp_path / "python", f'case "$2" in venv) exit 1;; pip) {pip};; esac')
    monkeypatch.setattr("sys.executable", alone)

    assert environments.find_uv(machine) == str(tmp_path / ".tools" / "uv" / "bin" / "uv")


def test_a_uv_that_cannot_be_installed_ends_in_a_sentence(
    machine: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin" / "uv").unlink()
    monkeypatch.setattr("sys.executable", executable(tmp_path / "python", "echo 'No route to host'; exit 1"))

    with pytest.raises(SetupError, match=r"uv could not be installed \(No route to host\)"):
        environments.find_uv(machine)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"UV_DEFAULT_INDEX": MIRROR, "PIP_INDEX_URL": "https://other/simple"}, MIRROR),
        ({"PIP_INDEX_URL": MIRROR}, MIRROR),
        ({"PIP_INDEX_URL": "https://pypi.org/simple/"}, None),
        ({"PIP_CONFIG_FILE": "pip.conf"}, MIRROR),
        ({"PIP_CONFIG_FILE": "/dev/null"}, None),
    ],
)
def test_the_index_that_the_machine_is_told_to_use(
    environ: dict[str, str], expected: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {MIRROR}\n")
    answer = f'[ "$PIP_CONFIG_FILE" = pip.conf ] && sed -n "s/^index-url = //p" {tmp_path}/pip.conf'
    monkeypatch.setattr("sys.executable", executable(tmp_path / "python", answer))

    assert environments.chosen_index({"PATH": "/usr/bin:/bin", **environ}) == expected


def test_from_a_mirror_the_locked_versions_are_checked_by_their_hashes(project: Project) -> None:
    export, _, sync = environments.sync_commands(project, "uv", "/usr/bin/python3.12", MIRROR)

    assert {"export", "--frozen"} <= set(export)
    assert {"--require-hashes", MIRROR, "--compile-bytecode"} <= set(sync)
    assert export[-1] == sync[-1]


def test_from_pypi_the_lock_is_followed_and_never_changed(project: Project) -> None:
    (sync,) = environments.sync_commands(project, "uv", None, None)

    assert sync[-5:] == ["sync", "--frozen", "--python", "3.12", "--compile-bytecode"]
