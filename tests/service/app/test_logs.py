"""The lines of the log, as a process of its own writes them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def lines(code: str) -> list[dict[str, Any]]:
    """What the code logs. In a process of its own: logs are configured for the whole process."""
    ended = subprocess.run(
        [sys.executable, "-c", "from handoff_service.logs import *\nconfigure_logging()\n" + code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_a_line_is_json_with_time_level_and_correlation_id() -> None:
    (first, second) = lines(
        """
log = structlog.get_logger("desk")
log.info("handoff.opened", handoff_id="h1")
with structlog.contextvars.bound_contextvars(correlation_id="c-1"):
    log.warning("handoff.late", 等="待")
"""
    )

    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "event": "handoff.opened",
        "handoff_id": "h1",
        "level": "info",
        "logger": "desk",
        "correlation_id": None,
    }
    assert (second["correlation_id"], second["level"], second["等"]) == ("c-1", "warning", "待")


def test_the_servers_lines_look_the_same_and_its_access_log_is_silent() -> None:
    (line,) = lines(
        """
logging.getLogger("uvicorn.error").info("Started %s", "well", extra={"color_message": "x"})
logging.getLogger("uvicorn.access").info('%s "%s"', "127.0.0.1", "GET /?token=secret")
logging.getLogger("httpx").info("GET http://rasa/?token=secret")
"""
    )

    assert (line["event"], line["logger"], line["level"]) == ("Started well", "uvicorn.error", "info")
    assert "color_message" not in line


def test_an_exception_says_what_and_where_along_its_causes() -> None:
    (line,) = lines(
        """
def inner():
    raise RuntimeError("port closed")
try:
    try:
        inner()
    except RuntimeError as error:
        raise OSError("no Rasa") from error
except OSError:
    structlog.get_logger("x").exception("rasa.failed")
"""
    )

    outer, cause = line["exception"]
    assert outer.startswith("builtins.OSError: no Rasa at <string>:")
    assert cause.startswith("builtins.RuntimeError: port closed at <string>:")
    assert " inner < " in cause


def test_an_exception_that_quotes_data_is_told_without_it() -> None:
    told = lines(
        """
import sqlite3
from pydantic import TypeAdapter
from sqlalchemy import create_engine, text
log = logging.getLogger("plain")
engine = create_engine("sqlite://")
for action in (
    lambda: engine.connect().execute(text("SELECT * FROM nowhere WHERE x = :x"), {"x": "my secret"}),
    lambda: TypeAdapter(int).validate_python("my secret"),
    lambda: "my secret \\ud800".encode(),
    lambda: {}["my secret"],
):
    try:
        action()
    except Exception:
        log.exception("failed")
"""
    )

    assert len(told) == 4
    assert "secret" not in str(told)
    assert "sqlalchemy.exc.OperationalError" in told[0]["exception"][0]
    assert all(line["exception"][0].count(" at ") == 1 for line in told)
