"""What each process of a copy is started with."""

import re
from pathlib import Path

import pytest

from scripts import processes, rasa_server
from scripts.secrets_file import NAMES
from scripts.settings import ROOT, Settings

SECRETS = {name: f"secret-of-{name}" for name in NAMES}


def copy(folder: Path, **changes: int) -> Settings:
    ports = {"rasa_port": 6005, "actions_port": 6055, "handoff_port": 9000} | changes
    return Settings(folder, model=folder / "m.tar.gz", secrets=SECRETS, **ports)


def test_every_process_knows_where_the_others_of_its_own_copy_are(tmp_path: Path) -> None:
    stale = {"RASA_URL": "http://127.0.0.1:5005", "HANDOFF_URL": "http://old", "BATON_DATA_DIR": "var"}

    for _, env in processes.commands(copy(tmp_path), stale).values():
        assert env["RASA_URL"] == "http://127.0.0.1:6005"
        assert env["HANDOFF_URL"] == "http://127.0.0.1:9000"
        assert env["HANDOFF_WEBCHAT_URL"] == "http://127.0.0.1:6005"
        assert env["WEBCHAT_ALLOWED_ORIGINS"] == "http://127.0.0.1:9000,http://localhost:9000"
        assert env["BATON_DATA_DIR"] == str(tmp_path)


def test_public_names_given_by_the_user_stand(tmp_path: Path) -> None:
    given = {
        "WEBCHAT_ALLOWED_ORIGINS": "https://shop.example",
        "HANDOFF_DATABASE_URL": "postgresql://db/baton",
    }

    _, env = processes.commands(copy(tmp_path), given)["handoff"]

    assert env.items() >= given.items()


def test_no_secret_is_on_a_command_line_and_each_process_has_only_its_own(tmp_path: Path) -> None:
    commands = processes.commands(copy(tmp_path), dict.fromkeys(NAMES, "exported by the user"))

    assert not any("secret-of" in word for argv, _ in commands.values() for word in argv)
    assert {name: sorted(env.keys() & set(NAMES)) for name, (_, env) in commands.items()} == {
        "rasa": ["HANDOFF_SERVICE_KEY", "RASA_JWT_SECRET"],
        "actions": ["HANDOFF_SERVICE_KEY"],
        "handoff": ["HANDOFF_SERVICE_KEY", "HANDOFF_TOKEN_SECRET", "RASA_JWT_SECRET"],
    }
    assert commands["rasa"][1]["RASA_JWT_SECRET"] == "secret-of-RASA_JWT_SECRET"


def test_all_listen_on_this_machine_alone_at_their_ports(tmp_path: Path) -> None:
    commands = processes.commands(copy(tmp_path), {"SANIC_HOST": "0.0.0.0"})
    lines = {name: " ".join(argv) for name, (argv, _) in commands.items()}

    assert "--interface 127.0.0.1 --port 6005" in lines["rasa"]
    assert "--port 6055" in lines["actions"]
    assert commands["actions"][1]["SANIC_HOST"] == "127.0.0.1"
    assert "--host 127.0.0.1 --port 9000" in lines["handoff"]


def test_a_proxy_for_the_outside_world_does_not_come_between_them(tmp_path: Path) -> None:
    _, env = processes.commands(copy(tmp_path), {"http_proxy": "http://proxy:3128", "NO_PROXY": ".corp"})[
        "actions"
    ]

    assert env["no_proxy"] == env["NO_PROXY"] == ".corp,127.0.0.1,localhost"


def test_the_usual_action_port_uses_the_repositorys_endpoints(tmp_path: Path) -> None:
    usual = copy(tmp_path, actions_port=5055)

    processes.prepare(usual)

    assert processes.endpoints_file(usual) == ROOT / "endpoints.yml"
    assert not (tmp_path / "endpoints.yml").exists()


def test_another_action_port_gets_endpoints_of_its_own_that_differ_in_the_port_alone(tmp_path: Path) -> None:
    other = copy(tmp_path)

    processes.prepare(other)

    original = (ROOT / "endpoints.yml").read_text(encoding="utf-8")
    derived = processes.endpoints_file(other).read_text(encoding="utf-8")
    assert re.search(r"^\s*url: \S+:6055/webhook$", derived, re.MULTILINE)
    assert derived.replace("6055", "5055") == original


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "actions.internal"])
def test_only_the_port_of_an_address_is_replaced(host: str) -> None:
    text = f"action_endpoint:\n  url: http://{host}:5055/webhook  # not 5055 or :50551\n"

    assert processes.derive_endpoints(text, 1) == text.replace(f"{host}:5055", f"{host}:1")


def test_the_demo_password_reaches_the_seeding_alone(tmp_path: Path) -> None:
    holders = [
        label
        for label, (_, env) in processes.database_commands(copy(tmp_path), {}).items()
        if "HANDOFF_DEMO_PASSWORD" in env
    ]

    assert holders == ["the demo agents"]


def test_rasas_secret_is_put_into_its_arguments_inside_the_process() -> None:
    argv = rasa_server.arguments(["--enable-api", "-p", "1"], {"RASA_JWT_SECRET": "-starts-with-a-dash"})

    assert argv == ["rasa", "run", "--jwt-secret=-starts-with-a-dash", "--enable-api", "-p", "1"]


def test_without_a_secret_rasas_api_stays_off_rather_than_open() -> None:
    assert rasa_server.arguments(["--enable-api", "-p", "1"], {}) == ["rasa", "run", "-p", "1"]
