"""The secrets of a copy: made once, kept privately, overridden by the environment."""

import os
import stat
from pathlib import Path

import pytest

from scripts import secrets_file
from scripts.console import SetupError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_makes_every_secret_long_and_different(tmp_path: Path) -> None:
    values = secrets_file.load(tmp_path / "var", {})

    assert values.keys() == set(secrets_file.NAMES)
    assert len(set(values.values())) == len(values)
    assert all(len(values[name].encode()) >= 32 for name in secrets_file.KEYS)
    assert len(values[secrets_file.DEMO_PASSWORD]) >= 12


def test_the_next_start_keeps_them(tmp_path: Path) -> None:
    assert secrets_file.load(tmp_path, {}) == secrets_file.load(tmp_path, {})


def test_the_file_and_its_folder_are_for_their_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        secrets_file.load(tmp_path / "var", {})
    finally:
        os.umask(before)

    assert mode(tmp_path / "var" / "secrets.env") == 0o600
    assert mode(tmp_path / "var") == 0o700
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secrets.env"]


def test_a_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    secrets_file.load(tmp_path, {})
    (tmp_path / "secrets.env").chmod(0o644)

    secrets_file.load(tmp_path, {})

    assert mode(tmp_path / "secrets.env") == 0o600


def test_the_environment_wins_and_is_not_kept(tmp_path: Path) -> None:
    given = secrets_file.load(tmp_path, {"HANDOFF_DEMO_PASSWORD": "from outside"})

    assert given["HANDOFF_DEMO_PASSWORD"] == "from outside"
    assert "from outside" not in (tmp_path / "secrets.env").read_text()
    assert secrets_file.load(tmp_path, {})["HANDOFF_DEMO_PASSWORD"] != "from outside"


def test_a_missing_secret_is_added_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("# mine\n\nHANDOFF_SERVICE_KEY=" + "k=" * 20 + "\n")

    values = secrets_file.load(tmp_path, {})

    assert values["HANDOFF_SERVICE_KEY"] == "k=" * 20
    assert secrets_file.load(tmp_path, {}) == values


def test_a_key_that_is_too_short_is_refused_by_name_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="RASA_JWT_SECRET has 5 characters") as refused:
        secrets_file.load(tmp_path, {"RASA_JWT_SECRET": "short"})

    assert "short;" not in str(refused.value)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_bytes(b"\xff\xfe")

    with pytest.raises(SetupError, match=r"secrets\.env cannot be read"):
        secrets_file.load(tmp_path, {})
