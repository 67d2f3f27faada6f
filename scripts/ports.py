"""Are the ports free? Asked before anything long is begun."""

from __future__ import annotations

import socket

from scripts.console import SetupError
from scripts.settings import HOST, PORTS, Settings


def check(settings: Settings) -> None:
    """`SetupError` naming the first port that is taken and what changes it."""
    for variable, port in settings.ports.items():
        if not is_free(port):
            flag, what, _ = PORTS[variable]
            raise SetupError(
                f"port {port} for {what} is in use; stop what listens there, or choose another with "
                f"{variable}=<port> (make run {variable}=…, or {flag})."
            )


def is_free(port: int, host: str = HOST) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # as servers do, or a port whose last connections are still closing would count as taken
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    # some systems let a second program bind an address of a port that another holds for all addresses
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) != 0
