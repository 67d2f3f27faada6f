"""One copy of Baton in a folder of its own, each process started, killed and restarted by itself."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import yaml

from scripts import console_build, databases, faq, health, model, processes, secrets_file, sentiment
from scripts.settings import ROOT, Settings
from tests.e2e.proxy import ActionWire
from tests.e2e.waiting import eventually

START_PATIENCE = 180.0
"""Rasa alone needs up to a minute where two cores are shared."""


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Stack:
    """`rasa`, `actions` and `handoff`, as `make run` starts them.

    `wired`: Rasa reaches the action server over a wire that a test can cut. `connectors`: what
    credentials.yml has of providers' networks, beside what is there already.
    """

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str],
        *,
        wired: bool = True,
        connectors: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        self._environ = {**os.environ, **environ}
        rasa, actions, handoff, behind_wire = free_ports(4)
        self._actions_listen = behind_wire if wired else actions
        copy = Settings(data_dir=folder, rasa_port=rasa, actions_port=actions, handoff_port=handoff)
        secrets = secrets_file.load(copy.data_dir, self._environ)
        sentiment.ensure(self._environ)
        faq.ensure(self._environ)
        console_build.ensure(self._environ)
        self.settings = replace(copy, model=model.ensure(self._environ), secrets=secrets)
        self.wire = ActionWire(actions, behind_wire) if wired else None
        self._credentials = folder / "credentials.yml"
        self._connectors = dict(connectors or {})
        self._more: tuple[dict[str, str], dict[str, Mapping[str, object]]] = ({}, {})
        self._write_credentials()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.logs = {name: folder / f"{name}.log" for name in ("rasa", "actions", "handoff")}

    @property
    def password(self) -> str:
        return processes.demo_password(self.settings)

    def use(
        self,
        environ: Mapping[str, str] | None = None,
        connectors: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        """Settings beside those it was made with, or only those again. A change starts Rasa and the service
        again."""
        more = dict(environ or {}), dict(connectors or {})
        if more != self._more:
            self._more = more
            self._write_credentials()
            self.kill("rasa")
            self.kill("handoff")
            self.start("handoff", "rasa")

    def _write_credentials(self) -> None:
        given = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))
        _, connectors = self._more
        given |= {**self._connectors, **connectors}
        self._credentials.write_text(yaml.safe_dump(given), encoding="utf-8")

    @contextmanager
    def running(self) -> Iterator["Stack"]:
        """Set up and started; stopped at the end."""
        try:
            self.set_up()
            self.start("handoff", "actions", "rasa")
            yield self
        finally:
            self.stop()

    def set_up(self) -> None:
        processes.prepare(self.settings)
        databases.ensure(self.settings, self._environ)

    def start(self, *names: str) -> None:
        """Start and wait until healthy."""
        for name in names:
            argv, env = self.command(name)
            with self.logs[name].open("ab") as log:
                self._processes[name] = subprocess.Popen(
                    argv, env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
                )
        for name in names:
            self.wait_healthy(name)

    def command(self, name: str) -> processes.Command:
        """What is started under this name, and its whole environment."""
        argv, env = processes.commands(self.settings, {**self._environ, **self._more[0]})[name]
        if name == "actions":
            listen, called = str(self._actions_listen), str(self.settings.actions_port)
            argv = [listen if word == called else word for word in argv]
        if name == "rasa":
            argv = [str(self._credentials) if word == "credentials.yml" else word for word in argv]
        return argv, env

    def wait_healthy(self, name: str) -> None:
        check = health.checks(self.settings)[name]

        def healthy() -> bool:
            process = self._processes[name]
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with {process.returncode}; see {self.logs[name]}")
            return health.is_healthy(self.settings, check)

        eventually(healthy, f"{name} healthy", timeout=START_PATIENCE)

    def kill(self, name: str) -> None:
        """SIGKILL, to the whole group: no goodbye of any kind."""
        process = self._processes.pop(name, None)
        if process is None:
            return
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def restart(self, name: str) -> None:
        if name in self._processes:
            self.kill(name)
        self.start(name)

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def is_running(self, name: str) -> bool:
        return name in self._processes and self._processes[name].poll() is None

    def ensure_running(self) -> None:
        """Bring back what a test left dead."""
        missing = [name for name in self.logs if not self.is_running(name)]
        if missing:
            self._processes = {n: p for n, p in self._processes.items() if n not in missing}
            self.start(*missing)

    def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._processes.clear()
        if self.wire is not None:
            self.wire.close()

    # --- Rasa's own API ---------------------------------------------------------------------------

    def rasa_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {health.admin_token(self.settings.secrets['RASA_JWT_SECRET'])}"}

    def tracker_events(self, sender_id: str) -> list[dict]:
        answer = httpx.get(
            f"{self.settings.rasa_url}/conversations/{sender_id}/tracker",
            params={"include_events": "ALL"},
            headers=self.rasa_headers(),
            timeout=20,
        )
        answer.raise_for_status()
        return answer.json()["events"]

    def post_tracker_event(self, sender_id: str, event: dict) -> None:
        httpx.post(
            f"{self.settings.rasa_url}/conversations/{sender_id}/tracker/events",
            json=event,
            headers=self.rasa_headers(),
            timeout=20,
        ).raise_for_status()
