"""The operator's commands."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from handoff_service.auth.passwords import Passwords
from handoff_service.cli import main
from handoff_service.db import Database
from handoff_service.models import Agent, AuditEntry, Customer
from handoff_service.settings import Settings
from tests.service.live import listening, wait_until

ROOT = Path(__file__).resolve().parents[3]
DEMO_PASSWORD = "open sesame"


@pytest.fixture(autouse=True)
def _environment(settings: Settings, passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handoff_service.cli.people.Passwords", lambda: passwords)
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    for name in ("HANDOFF_DEMO_PASSWORD", "HANDOFF_AGENT_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def environment(settings: Settings) -> dict[str, str]:
    return {
        "BATON_DATA_DIR": str(settings.data_dir),
        "HANDOFF_DATABASE_URL": settings.database_url,
        "HANDOFF_SERVICE_KEY": settings.service_key.get_secret_value(),
        "HANDOFF_TOKEN_SECRET": settings.token_secret.get_secret_value(),
        "RASA_JWT_SECRET": settings.rasa_jwt_secret.get_secret_value(),
        "RASA_URL": settings.rasa_url,
    }


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence that a command ends with."""
    assert main(arguments) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err


class TestMigrate:
    def test_it_makes_the_data_folder_for_its_owner_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = tmp_path / "new" / "var"
        monkeypatch.setenv("BATON_DATA_DIR", str(folder))
        monkeypatch.setenv("HANDOFF_DATABASE_URL", "")

        assert main(["migrate"]) == 0
        assert main(["migrate"]) == 0

        assert (folder / "handoff.db").is_file()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_a_folder_that_cannot_be_made(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "file").write_text("in the way")
        monkeypatch.setenv("BATON_DATA_DIR", str(tmp_path / "file" / "var"))
        monkeypatch.setenv("HANDOFF_DATABASE_URL", "")

        assert "cannot be made: Not a directory" in refused(capsys, "migrate")

    def test_a_database_that_does_not_answer(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("HANDOFF_DATABASE_URL", "postgresql://baton:hush@127.0.0.1:9/baton")

        told = refused(capsys, "migrate")

        assert told.startswith(
            "migrate: The database postgresql://baton:***@127.0.0.1:9/baton cannot be used"
        )
        assert "hush" not in told

    def test_no_url_at_all(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setenv("HANDOFF_DATABASE_URL", "my database")

        assert "HANDOFF_DATABASE_URL is not the URL of a database" in refused(capsys, "migrate")

    def test_missing_settings(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("HANDOFF_TOKEN_SECRET")

        assert "HANDOFF_TOKEN_SECRET is not set." in refused(capsys, "migrate")


class TestSeedDemo:
    @pytest.fixture(autouse=True)
    def _password(self, _environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HANDOFF_DEMO_PASSWORD", DEMO_PASSWORD)

    def test_agents_and_customers_are_there_however_often_it_runs(self, database: Database) -> None:
        assert main(["seed-demo"]) == 0
        assert main(["seed-demo"]) == 0

        with database.reading() as session:
            agents = {agent.email: agent for agent in session.scalars(select(Agent))}
            shown = {email: (agent.role, agent.skills) for email, agent in agents.items()}
            assert shown == {
                "lin@example.com": ("agent", ["zh", "refund"]),
                "sam@example.com": ("agent", ["en", "risk", "loan"]),
                "mei@example.com": ("agent", ["zh", "en", "risk", "loan", "senior"]),
                "vera@example.com": ("supervisor", ["zh", "en"]),
            }
            assert {agent.capacity for agent in agents.values()} == {5}
            customers = {customer.id: customer for customer in session.scalars(select(Customer))}
            assert {id: customer.tier for id, customer in customers.items()} == {
                "demo-vip": "gold",
                "demo-regular": None,
            }
            assert [identity.sender_id for identity in customers["demo-vip"].identities] == ["demo-vip"]

    def test_a_new_password_is_applied_and_the_same_one_leaves_sessions_alone(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def hashes() -> set[str]:
            with database.reading() as session:
                return set(session.scalars(select(Agent.password_hash)))

        main(["seed-demo"])
        first = hashes()
        main(["seed-demo"])
        assert hashes() == first

        monkeypatch.setenv("HANDOFF_DEMO_PASSWORD", "another word")
        main(["seed-demo"])

        assert hashes().isdisjoint(first)
        with database.reading() as session:
            told = session.scalars(select(AuditEntry).where(AuditEntry.action == "agent.change")).all()
            assert len(told) == 4
            assert "another word" not in str([entry.details for entry in told])

    def test_what_people_have_changed_stays(self, database: Database) -> None:
        main(["seed-demo"])
        with database.transaction() as session:
            lin = session.scalars(select(Agent).where(Agent.email == "lin@example.com")).one()
            lin.skills, lin.capacity = ["zh"], 1

        main(["seed-demo"])

        with database.reading() as session:
            lin = session.scalars(select(Agent).where(Agent.email == "lin@example.com")).one()
            assert (lin.skills, lin.capacity) == (["zh"], 1)

    @pytest.mark.parametrize("password", ["", "short"])
    def test_without_a_password_there_is_no_demonstration(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], password: str
    ) -> None:
        monkeypatch.setenv("HANDOFF_DEMO_PASSWORD", password)

        assert "HANDOFF_DEMO_PASSWORD must hold" in refused(capsys, "seed-demo")

    def test_before_the_migration(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("HANDOFF_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")

        assert "run ./handoff migrate first" in refused(capsys, "seed-demo")


class TestAddAgent:
    def test_an_admin_can_be_made(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HANDOFF_AGENT_PASSWORD", "a long password")

        made = main(
            ["add-agent", "--email", "Ada@Example.com", "--name", "Ada", "--role", "admin", "--skill", "en"]
        )

        assert made == 0
        with database.reading() as session:
            ada = session.scalars(select(Agent)).one()
            assert (ada.email, ada.role, ada.skills) == ("ada@example.com", "admin", ["en"])

    @pytest.mark.parametrize(
        ("name", "value", "complaint"),
        [("--email", "nobody", "email: "), ("--capacity", "-1", "capacity: "), ("--name", "", "name: ")],
    )
    def test_wrong_values(
        self,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        name: str,
        value: str,
        complaint: str,
    ) -> None:
        monkeypatch.setenv("HANDOFF_AGENT_PASSWORD", "a long password")

        assert complaint in refused(
            capsys, "add-agent", "--email", "ada@example.com", "--name", "Ada", name, value
        )

    def test_an_e_mail_that_is_taken(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("HANDOFF_AGENT_PASSWORD", "a long password")
        arguments = ["add-agent", "--email", "ada@example.com", "--name", "Ada"]
        main(arguments)
        capsys.readouterr()

        assert "Somebody already logs in with this e-mail" in refused(capsys, *arguments)

    def test_without_a_terminal_the_password_must_be_given(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

        assert "HANDOFF_AGENT_PASSWORD" in refused(
            capsys, "add-agent", "--email", "ada@example.com", "--name", "Ada"
        )

    def test_the_password_is_asked_for_twice(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        given = iter(["a long password", "a long passwort"])
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("getpass.getpass", lambda _prompt: next(given))

        assert "The two passwords differ." in refused(
            capsys, "add-agent", "--email", "ada@example.com", "--name", "Ada"
        )


class TestServe:
    def test_a_port_in_use(self, capsys: pytest.CaptureFixture[str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            ended = subprocess.run(
                [sys.executable, "-m", "handoff_service.cli", "serve", "--port", str(port)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )

        assert ended.returncode == 1
        assert ended.stderr == f"serve: 127.0.0.1:{port} cannot be listened on: Address already in use.\n"

    def test_it_serves_and_ends_at_once_with_its_streams_when_told_to(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HANDOFF_DEMO_PASSWORD", DEMO_PASSWORD)
        main(["seed-demo"])
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        process = subprocess.Popen(
            [sys.executable, "-m", "handoff_service.cli", "serve", "--port", str(port)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environment(settings)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
                wait_until(lambda: process.poll() is not None or _ready(client))
                answer = client.post(
                    "/api/v1/auth/login", json={"email": "lin@example.com", "password": DEMO_PASSWORD}
                )
                headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
            with listening(url, headers) as stream:
                stream.frame()
                process.send_signal(signal.SIGTERM)
                stream.rest()
            output, _ = process.communicate(timeout=30)
        finally:
            process.kill()

        assert process.returncode in (0, -signal.SIGTERM)
        assert "Finished server process" in output
        assert "Cancel" not in output  # the stream ended by itself, not by running out of time
        assert "Traceback" not in output


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def test_help_says_what_each_command_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    told = capsys.readouterr().out
    for command in ("migrate", "seed-demo", "add-agent", "serve"):
        assert command in told
