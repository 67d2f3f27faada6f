"""docs/api/customer-protocol.md: its lines run as they stand, and are the same in both languages."""

import asyncio
import os
import re
from pathlib import Path

from channels.sites import Site
from tests.assistant.channel_fakes import run, serving
from tests.assistant.customer_client import BASE

PAGES = Path(__file__).parents[2] / "docs" / "api"


def blocks(name: str, tag: str) -> list[str]:
    return re.findall(rf"^```{tag}\n(.*?)^```$", (PAGES / name).read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_both_languages_show_the_same_lines() -> None:
    for tag in ("bash customer", "python"):
        assert len(blocks("customer-protocol.md", tag)) == 1
        assert blocks("customer-protocol.md", tag) == blocks("customer-protocol.zh-CN.md", tag)


def test_the_lines_run(tmp_path: Path) -> None:
    (script,) = blocks("customer-protocol.md", "bash customer")

    async def test() -> None:
        async with serving(tmp_path / "webchat.db") as server:
            process = await asyncio.create_subprocess_exec(
                *("bash", "-eu", "-o", "pipefail", "-c", script),
                env={"PATH": os.environ["PATH"], "CHAT": server.url + BASE, "NO_PROXY": "127.0.0.1"},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            printed = (await process.communicate())[0].decode()
            assert process.returncode == 0, printed
            assert "event: message" in printed
            assert "event: state" in printed
            assert "echo Where is my order?" in printed
            assert server.agent.handled == ["Where is my order?"]

    run(test())


def test_a_site_signs_as_the_page_says() -> None:
    (script,) = blocks("customer-protocol.md", "python")
    names: dict[str, object] = {"customer_id": "mei", "secret": "s" * 32}
    exec("import base64, hmac, json, time\n" + script, names)
    assert Site("shop", frozenset(), b"s" * 32).vouched(names["token"], 0.0).key.startswith("u")
