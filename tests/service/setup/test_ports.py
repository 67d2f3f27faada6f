"""A taken port is named before anything long is begun."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import ports
from scripts.console import SetupError
from scripts.settings import Settings


@pytest.fixture(params=["127.0.0.1", "0.0.0.0"])
def taken(request: pytest.FixtureRequest) -> Iterator[int]:
    with socket.create_server((request.param, 0)) as server:
        yield server.getsockname()[1]


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_free_ports_pass(tmp_path: Path) -> None:
    ports.check(Settings(tmp_path, rasa_port=free(), actions_port=free(), handoff_port=free()))


def test_a_taken_port_is_named_with_what_changes_it(tmp_path: Path, taken: int) -> None:
    copy = Settings(tmp_path, rasa_port=free(), actions_port=taken, handoff_port=free())

    with pytest.raises(
        SetupError, match=rf"port {taken} for the action server is in use.*ACTIONS_PORT=<port>"
    ):
        ports.check(copy)


def test_a_port_whose_last_connection_is_still_closing_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = server.accept()
            accepted.close()  # the side that closes first is the one left waiting

    assert ports.is_free(port)
