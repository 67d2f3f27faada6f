"""Flags and environment → one copy of Baton."""

import argparse
from pathlib import Path

import pytest

from scripts import settings
from scripts.console import SetupError
from scripts.settings import ROOT, Settings


def parsed(*flags: str, environ: dict[str, str] | None = None) -> Settings:
    parser = argparse.ArgumentParser()
    settings.add_arguments(parser)
    parser.add_argument("--model")
    return settings.from_arguments(parser.parse_args(flags), environ or {})


def test_without_flags_and_environment_it_is_the_usual_copy() -> None:
    copy = parsed()

    assert copy.data_dir == ROOT / "var"
    assert copy.ports == {"RASA_PORT": 5005, "ACTIONS_PORT": 5055, "HANDOFF_PORT": 8000}
    assert copy.handoff_url == "http://127.0.0.1:8000"


def test_a_flag_wins_over_the_environment() -> None:
    copy = parsed("--rasa-port=6001", environ={"RASA_PORT": "7001", "ACTIONS_PORT": "7002"})

    assert (copy.rasa_port, copy.actions_port) == (6001, 7002)


def test_a_relative_data_folder_lies_in_the_repository_and_an_absolute_one_where_it_says(
    tmp_path: Path,
) -> None:
    assert parsed(environ={"BATON_DATA_DIR": "var/second"}).data_dir == ROOT / "var" / "second"
    assert parsed("--data-dir", str(tmp_path)).data_dir == tmp_path


def test_the_flags_of_a_copy_make_the_same_copy_again(tmp_path: Path) -> None:
    copy = Settings(tmp_path, rasa_port=1, actions_port=2, handoff_port=3, model=tmp_path / "m.tar.gz")

    assert parsed(*settings.as_arguments(copy), environ={"RASA_PORT": "9"}) == copy


@pytest.mark.parametrize("port", ["0", "65536", "-1", "five", "5005.0", "٥٠٠٥"])
def test_what_is_no_port_is_refused_by_the_name_of_its_variable(port: str) -> None:
    with pytest.raises(SetupError, match=r"HANDOFF_PORT=.* is no port for the handoff service"):
        parsed(f"--handoff-port={port}")


def test_two_processes_cannot_share_a_port() -> None:
    with pytest.raises(SetupError, match="must differ"):
        parsed("--rasa-port=8000")


def test_secrets_are_not_shown_with_the_settings(tmp_path: Path) -> None:
    assert "hush" not in repr(Settings(tmp_path, secrets={"RASA_JWT_SECRET": "hush"}))
