"""Which Python is taken, shown with executables that only say what they are."""

from pathlib import Path

from scripts import pythons

WANTED = [(3, 12), (3, 13)]


def executable(path: Path, script: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def python(path: Path, version: str, real: str | None = None) -> str:
    """Answers the question for its version as that Python would."""
    major, minor = version.split(".")
    return executable(path, f"echo {major} {minor} {real or path}")


def environ(tmp_path: Path) -> dict[str, str]:
    return {"PATH": str(tmp_path / "bin"), "PYENV_ROOT": str(tmp_path / "pyenv"), "HOME": str(tmp_path)}


def test_one_on_the_path_is_taken(tmp_path: Path) -> None:
    expected = python(tmp_path / "bin" / "python3.12", "3.12")

    assert pythons.find(WANTED, environ(tmp_path)) == expected


def test_the_better_version_wins(tmp_path: Path) -> None:
    python(tmp_path / "bin" / "python3.13", "3.13")
    expected = python(tmp_path / "bin" / "python3.12", "3.12")

    assert pythons.find(WANTED, environ(tmp_path)) == expected


def test_a_plain_python3_of_the_right_version_will_do(tmp_path: Path) -> None:
    expected = python(tmp_path / "bin" / "python3", "3.13")

    assert pythons.find(WANTED, environ(tmp_path)) == expected


def test_a_shim_that_does_not_run_is_passed_over_for_the_newest_patch_of_pyenv(tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "python3.12", "echo 'pyenv: python3.12: command not found' >&2; exit 127")
    python(tmp_path / "pyenv" / "versions" / "3.12.9" / "bin" / "python", "3.12")
    expected = python(tmp_path / "pyenv" / "versions" / "3.12.10" / "bin" / "python", "3.12")

    assert pythons.find(WANTED, environ(tmp_path)) == expected


def test_a_broken_patch_of_pyenv_is_passed_over(tmp_path: Path) -> None:
    expected = python(tmp_path / "pyenv" / "versions" / "3.12.1" / "bin" / "python", "3.12")
    executable(tmp_path / "pyenv" / "versions" / "3.12.4" / "bin" / "python", "exit 1")

    assert pythons.find(WANTED, environ(tmp_path)) == expected


def test_pyenv_is_found_in_the_home_folder_without_its_variable(tmp_path: Path) -> None:
    expected = python(tmp_path / ".pyenv" / "versions" / "3.13.0" / "bin" / "python", "3.13")

    assert pythons.find(WANTED, {"PATH": "", "HOME": str(tmp_path)}) == expected


def test_a_name_that_lies_about_its_version_is_refused(tmp_path: Path) -> None:
    python(tmp_path / "bin" / "python3.12", "3.11")

    assert pythons.find(WANTED, environ(tmp_path)) is None


def test_3_1_is_not_3_10(tmp_path: Path) -> None:
    python(tmp_path / "bin" / "python3", "3.1")

    assert pythons.find([(3, 10)], environ(tmp_path)) is None


def test_the_interpreter_underneath_is_named_also_with_blanks_in_its_path(tmp_path: Path) -> None:
    python(tmp_path / "bin" / "python3.12", "3.12", real="'/opt/my pythons/3.12'")

    assert pythons.find(WANTED, environ(tmp_path)) == "/opt/my pythons/3.12"


def test_nothing_there_is_none(tmp_path: Path) -> None:
    assert pythons.find(WANTED, environ(tmp_path)) is None
