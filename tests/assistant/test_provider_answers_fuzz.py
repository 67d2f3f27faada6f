"""What a broken or malicious provider answers: nothing of it fills the memory, leads us into our own network,
is said again and again, or keeps other customers from being served.

A seed that fails can be repeated with BATON_FUZZ_SEED; more of it all with BATON_FUZZ_ROUNDS.
"""

import asyncio
import itertools
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from channels import whatsapp
from channels.whatsapp import WhatsAppInput
from tests.assistant.broken_providers import (
    NONSENSE,
    Answer,
    Between,
    Lanying,
    Wechat,
    Wecom,
    WhatsApp,
    broken,
    endless,
    only,
    says,
)
from tests.assistant.fake_visits import KEY, FakeVisits, serving_visits
from tests.assistant.fuzzing import Fuzz
from tests.assistant.webhook_server import Process, Visited, own_loop, serving_apart
from tests.assistant.webhooks import ENVIRON, apps
from tests.emulators.lanying import LanyingEmulator
from tests.emulators.wechat import WechatEmulator
from tests.emulators.wecom import WecomEmulator
from tests.emulators.whatsapp import NUMBER, cloud

ROUNDS = int(os.environ.get("BATON_FUZZ_ROUNDS") or 20)
SEED = int(os.environ.get("BATON_FUZZ_SEED") or time.time_ns() % 1_000_000)
# Megabytes beside what is held: an answer has eight at most, and is read and understood.
LIMIT = 120
NETWORKS = {"whatsapp": WhatsApp, "wechat": Wechat, "wecom": Wecom, "lanying": Lanying}
FILE_LIMIT = 1_000_000


class House(Visited):
    """The server, between the networks and the handoff service."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        process: Process,
        betweens: dict[str, Between],
        networks: dict[str, Any],
        visits: FakeVisits,
    ) -> None:
        super().__init__(loop, process)
        self.betweens = betweens
        self.networks = networks
        self.visits = visits

    async def serves(self, name: str) -> None:
        """Somebody new writes and is answered, once."""
        network = self.networks[name]
        customer = network.new_customer()
        await network.writes(customer, f"hello of {customer}")
        await self.until(lambda: network.said(customer))
        assert network.said(customer) == ["noted"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    print(f"BATON_FUZZ_SEED={SEED}")

    async def build(loop: asyncio.AbstractEventLoop, stack: AsyncExitStack) -> House:
        emulators = {
            "whatsapp": cloud(),
            "wechat": WechatEmulator(time.time).running(),
            "wecom": WecomEmulator(time.time).running(),
            "lanying": LanyingEmulator().running(),
        }
        providers = {name: await stack.enter_async_context(each) for name, each in emulators.items()}
        betweens = {
            name: await stack.enter_async_context(Between(provider.url).running())
            for name, provider in providers.items()
        }
        visits = await stack.enter_async_context(serving_visits())
        visits.files["f1"] = b"a picture"
        environ = {
            "HANDOFF_URL": f"http://127.0.0.1:{visits.port}",
            "HANDOFF_SERVICE_KEY": KEY,
            "HANDOFF_MAX_ATTACHMENT_BYTES": str(FILE_LIMIT),
        }
        settings = apps({name: between.url for name, between in betweens.items()})
        process = await stack.enter_async_context(
            serving_apart(tmp_path_factory.mktemp("answers"), settings[:1], {**ENVIRON, **environ})
        )
        hook = f"http://127.0.0.1:{process.ports[0]}"
        networks = {name: network(providers[name], hook) for name, network in NETWORKS.items()}
        return House(loop, process, betweens, networks, visits)

    with own_loop() as (loop, stack):
        yield loop.run_until_complete(build(loop, stack))


@pytest.mark.parametrize("nonsense", NONSENSE)
@pytest.mark.parametrize("name", NETWORKS)
def test_an_answer_that_makes_no_sense_harms_nobody_else(house: House, name: str, nonsense: str) -> None:
    network, between = house.networks[name], house.betweens[name]

    async def scenario() -> None:
        network.forget()
        before = between.calls.total()
        between.instead = NONSENSE[nonsense]
        await network.writes(network.new_customer(), "file please")
        await house.until(lambda: between.calls.total() > before)
        between.instead = None
        await house.serves(name)

    with house.process.within(LIMIT):
        house.run(scenario())


SENT = f"/v25.0/{NUMBER}/messages"
# Each of these has stopped something for good, or had it done again and again.
WRONG = [
    ("whatsapp", SENT, '{"messages": [{"id": {"a": 1}}]}'),
    ("whatsapp", SENT, '{"messages": [{"id": 1%s}]}' % ("0" * 40)),
    ("whatsapp", SENT, '{"messages": 5}'),
    ("whatsapp", SENT, '{"messages": %s}' % ("[" * 700 + "]" * 700)),
    ("wechat", "/cgi-bin/stable_token", '{"expires_in": 7200}'),
    ("wechat", "/cgi-bin/stable_token", '{"access_token": "t", "expires_in": "soon"}'),
    ("wechat", "/cgi-bin/stable_token", '{"access_token": "%s", "expires_in": 7200}' % ("x" * 20_000)),
    ("wechat", "/cgi-bin/message/custom/send", '{"errcode": "no"}'),
    ("wechat", "/cgi-bin/media/upload", '{"errcode": 0}'),
    ("wecom", "/cgi-bin/kf/sync_msg", '{"errcode": 0, "msg_list": null}'),
    ("wecom", "/cgi-bin/kf/sync_msg", '{"errcode": 0, "next_cursor": {"a": 1}, "has_more": 1}'),
    ("wecom", "/cgi-bin/kf/sync_msg", '{"errcode": 0, "msg_list": [{"send_time": 1%s}]}' % ("0" * 400)),
    ("wecom", "/cgi-bin/kf/customer/batchget", '{"errcode": 0, "customer_list": [1, null]}'),
    ("wecom", "/cgi-bin/kf/service_state/trans", '{"errcode": {}}'),
    ("lanying", "/message/send", '{"code": 200, "msg_ids": {"a": 1}}'),
    ("lanying", "/file/upload/chat", '{"code": 200, "data": []}'),
]


@pytest.mark.parametrize(
    ("name", "path", "body"), WRONG, ids=[f"{name} {number}" for number, (name, *_) in enumerate(WRONG)]
)
def test_an_answer_with_something_else_in_it_stops_nothing_and_repeats_nothing(
    house: House, name: str, path: str, body: str
) -> None:
    network, between = house.networks[name], house.betweens[name]

    async def scenario() -> None:
        network.forget()
        customer, before, known = network.new_customer(), between.calls[path], len(house.process.mistakes())
        between.instead = only(path, between, says(body))
        await network.writes(customer, "file please")
        await house.until(lambda: between.calls[path] > before)
        for _ in range(2):
            await network.writes(network.new_customer(), "hello")
        assert between.calls[path] - before < 10
        between.instead = None
        await house.serves(name)
        assert house.process.mistakes()[known:] == []

    house.run(scenario())


# Behind the others, whose calls are counted: what was not sent meanwhile is still tried now and then.
@pytest.mark.parametrize("name", NETWORKS)
def test_answers_that_are_broken_in_every_way_are_got_over(
    house: House, name: str, request: pytest.FixtureRequest
) -> None:
    network, between = house.networks[name], house.betweens[name]
    fuzz = Fuzz(random.Random(f"{SEED} {request.node.name}"))

    async def scenario() -> None:
        customers = [network.new_customer() for _ in range(ROUNDS)]
        before = between.calls.total()
        between.instead = broken(between, fuzz)
        for customer in customers:
            network.forget()
            await network.writes(customer, f"file please, says {customer}")
            await network.sends_file(customer)
        if name != "wecom":  # there the answers are what customers wrote: a wrong one may be all that comes
            await house.until(
                lambda: all(house.process.heard(f"file please, says {customer}") for customer in customers)
            )
        await house.until(lambda: between.calls.total() - before > ROUNDS)
        assert between.calls.total() - before < 100 * ROUNDS, "tried again, and not without end"
        between.instead = None
        await house.serves(name)

    with house.process.within(LIMIT):
        house.run(scenario())


def test_a_list_of_templates_without_end_is_left_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whatsapp, "MOST_PAGES", 5)
    pages = itertools.count()

    async def page(request: web.Request) -> web.Response:
        template = {
            "name": "n",
            "status": "APPROVED",
            "language": "en",
            "components": [{"type": "BODY", "text": "x"}],
        }
        odd = [
            None,
            {"components": 5},
            {**template, "name": 7},
            {**template, "components": [1, {"type": []}]},
        ]
        paging = {"next": "x", "cursors": {"after": str(next(pages))}}
        return web.json_response({"data": [template, *odd], "paging": paging})

    async def scenario() -> None:
        async with Between("").running() as meta:
            meta.instead = page
            channel = WhatsAppInput(
                phone_number_id="1",
                access_token="t",
                app_secret="s",
                verify_token="v",
                waba_id="7",
                url=meta.url,
            )
            async with aiohttp.ClientSession() as channel._http:
                assert len(await channel._approved()) == 5

    asyncio.run(scenario())


# -- files

FILES = {
    "whatsapp": "/files/",
    "wechat": "/cgi-bin/media/get",
    "wecom": "/cgi-bin/media/get",
    "lanying": "/oss/",
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_file_without_end_is_given_up_at_the_limit(house: House, name: str) -> None:
    network, between = house.networks[name], house.betweens[name]

    async def scenario() -> None:
        customer = network.new_customer()
        between.instead = only(FILES[name], between, endless(b"x", "image/png"))
        await network.sends_file(customer)
        await house.until(lambda: network.said(customer))
        between.instead = None
        await house.serves(name)
        assert max((len(body) for _, body, _ in house.visits.uploads), default=0) <= FILE_LIMIT

    with house.process.within(LIMIT):
        house.run(scenario())


# Where each network's answers name addresses, or could lead elsewhere.
LEADS: list[tuple[str, str, Callable[[str], Answer]]] = [
    ("whatsapp", "/v25.0/sent", lambda within: says(f'{{"url": "{within}"}}')),
    ("whatsapp", "/files/", lambda within: says("", status=302, Location=within)),
    ("lanying", "/file/download/chat", lambda within: says("", status=302, Location=within)),
    ("lanying", "/file/upload/chat", lambda within: says(
        f'{{"code": 200, "data": {{"upload_url": "{within}", "download_url": "{within}"}}}}')),
    ("wechat", "/cgi-bin/media/get", lambda within: says("", status=302, Location=within)),
    ("wechat", "/cgi-bin/media/get", lambda within: says(f'{{"video_url": "{within}"}}', "text/plain")),
    ("wecom", "/cgi-bin/media/get", lambda within: says("", status=302, Location=within)),
    *(
        (name, path, lambda within: says("", status=307, Location=within))
        for name, path in (
            ("whatsapp", "/v25.0/"),
            ("wechat", "/cgi-bin/stable_token"),
            ("wechat", "/cgi-bin/message/custom/send"),
            ("wecom", "/cgi-bin/gettoken"),
            ("wecom", "/cgi-bin/kf/sync_msg"),
            ("lanying", "/message/send"),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "path", "lead"), LEADS, ids=[f"{name} {path}" for name, path, _ in LEADS])
def test_no_answer_leads_into_our_own_network(
    house: House, name: str, path: str, lead: Callable[[str], Answer]
) -> None:
    network, between, asked = house.networks[name], house.betweens[name], []

    async def within(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="secret")

    def count() -> int:
        return sum(count for called, count in between.calls.items() if called.startswith(path))

    async def scenario() -> None:
        server = web.Server(within)
        runner = web.ServerRunner(server)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        for host in ("127.0.0.1", "localhost", "2130706433"):
            before = count()
            between.instead = only(path, between, lead(f"http://{host}:{runner.addresses[0][1]}/within"))
            network.forget()
            customer = network.new_customer()
            await network.writes(customer, "file please")
            await network.sends_file(customer)
            await house.until(lambda: count() > before)  # noqa: B023
            between.instead = None
            await house.serves(name)
        await runner.cleanup()

    house.run(scenario())
    assert asked == []


def test_the_log_tells_of_no_mistake(house: House) -> None:
    assert house.process.mistakes() == []
