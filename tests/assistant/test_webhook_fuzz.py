"""Everything that strangers and broken callers can send is thrown at every webhook: refused or left, never a
mistake of ours, nothing handled that was not sent, and memory has a limit.

The server runs in a process of its own. A seed that fails can be repeated with BATON_FUZZ_SEED; more of it
all with BATON_FUZZ_ROUNDS.
"""

import asyncio
import gzip
import importlib
import itertools
import json
import os
import pkgutil
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from rasa.core.channels.channel import InputChannel

import channels
from channels.durable import DurableInput
from tests.assistant.fake_visits import KEY, serving_visits
from tests.assistant.fuzzing import Fuzz
from tests.assistant.raw_http import PIECE, Answer, Sent, ask, chunked, repeated
from tests.assistant.webhook_server import Process, Visited, own_loop, serving_apart
from tests.assistant.webhooks import ENVIRON, Webhook, apps, table
from tests.emulators.lanying import LanyingEmulator
from tests.emulators.wechat import WechatEmulator
from tests.emulators.wecom import WecomEmulator
from tests.emulators.whatsapp import NUMBER, cloud

ROUNDS = int(os.environ.get("BATON_FUZZ_ROUNDS") or 20)
SEED = int(os.environ.get("BATON_FUZZ_SEED") or time.time_ns() % 1_000_000)
MEGABYTE = 1024 * 1024
NAMES = [webhook.name for webhook in table("")]
# Fewer bytes than any webhook takes at most.
LONG = 200 * 1024
BIG_ONES = 200  # Sanic keeps what it has received of each, 64 KB, until 15 s after it has hung up
# Megabytes that the server may take beside those that it holds. One such body after the other was measured to
# take 8, two hundred in sixteens 30, sixteen that stop at WhatsApp's three megabytes 63. Bodies of GET that
# were read, 14 at once, took 146.
SMALL, MANY = 40, 120
READING = [webhook.name for webhook in table("") if webhook.reads]


class House(Visited):
    """The server, and everything that it talks to."""

    def __init__(self, loop: asyncio.AbstractEventLoop, process: Process) -> None:
        super().__init__(loop, process)
        self.requests = 0
        self.held_at_first, _ = process.memory()
        self._number = 0

    async def webhook(self, name: str) -> Webhook:
        """As a new customer calls it: there are limits for each."""
        opened = await ask(self.process.ports[0], Sent("POST", "/webhooks/webchat/v1/session"))
        token = json.loads(opened.body)["token"]
        return next(webhook for webhook in table(token) if webhook.name == name)

    async def ask(self, webhook: Webhook, sent: Sent, **how: Any) -> Answer:
        """With what holds for each answer."""
        self.requests += 1
        answer = await ask(self.process.ports[webhook.app], sent, **how)
        assert answer.status < 500, (answer, sent, sent.body[:4_000])
        assert b"Traceback" not in answer.body
        return answer

    async def serves(self, webhook: Webhook) -> None:
        """What is right is taken, and handled once."""
        self._number += 1
        words = f"good {self._number}"
        sent = webhook.good(words)
        for _ in range(2):
            assert (await self.ask(webhook, sent)).status in webhook.taken, sent
        if webhook.reaches:
            await self.until(lambda: self.process.heard(words) > 0)
            assert self.process.heard(words) == 1


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    print(f"BATON_FUZZ_SEED={SEED}")

    async def build(loop: asyncio.AbstractEventLoop, stack: AsyncExitStack) -> House:
        visits = await stack.enter_async_context(serving_visits())
        urls = {
            "whatsapp": (await stack.enter_async_context(cloud())).url,
            "wechat": (await stack.enter_async_context(WechatEmulator(time.time).running())).url,
            "wecom": (await stack.enter_async_context(WecomEmulator(time.time).running())).url,
            "lanying": (await stack.enter_async_context(LanyingEmulator().running())).url,
        }
        desk = {"HANDOFF_URL": f"http://127.0.0.1:{visits.port}", "HANDOFF_SERVICE_KEY": KEY}
        folder = tmp_path_factory.mktemp("webhooks")
        process = await stack.enter_async_context(serving_apart(folder, apps(urls), {**ENVIRON, **desk}))
        return House(loop, process)

    with own_loop() as (loop, stack):
        yield loop.run_until_complete(build(loop, stack))


@pytest.fixture
def fuzz(request: pytest.FixtureRequest) -> Fuzz:
    return Fuzz(random.Random(f"{SEED} {request.node.name}"))


def test_every_webhook_is_here(house: House) -> None:
    for number, routes in enumerate(house.process.routes):
        here = [each for each in table("") if each.app == number]
        assert {(each.method, each.path.rstrip("/")) for each in here} == routes
    for module in pkgutil.iter_modules(channels.__path__):
        importlib.import_module(f"channels.{module.name}")
    assert connectors(DurableInput) == {name for app in apps(defaultdict(str)) for name, _ in app}


def connectors(base: type[DurableInput]) -> set[str]:
    """Those of our own that have a name on the network."""
    found = set().union(*map(connectors, base.__subclasses__()))
    named = base.name.__func__ is not InputChannel.name.__func__ and base.__module__.startswith("channels.")
    return found | {f"{base.__module__}.{base.__name__}"} if named else found


@pytest.mark.parametrize("name", [webhook.name for webhook in table("") if webhook.secrets])
def test_what_nobody_has_signed_is_refused_and_leaves_nothing(house: House, fuzz: Fuzz, name: str) -> None:
    async def scenario() -> None:
        webhook = await house.webhook(name)
        before, turns = house.process.kept(), house.process.turns()
        for sent in [*forged(webhook), *(strange(webhook, fuzz) for _ in range(ROUNDS))]:
            answer = await house.ask(webhook, sent)
            assert answer.status in {*webhook.refused, 0, 400, 413}, (answer, sent)
        assert house.process.kept() == before
        assert house.process.turns() == turns

    house.run(scenario())


def forged(webhook: Webhook) -> Iterator[Sent]:
    """A good one with a proof that is wrong, missing, or follows a wrong one."""
    right = webhook.good("forged")
    for where in ("query", "headers"):
        given = list(getattr(right, where))
        for at, (name, value) in enumerate(given):
            if name not in webhook.secrets:
                continue
            others = [*given[:at], *given[at + 1 :]]
            yield replace(right, **{where: others})
            yield replace(right, **{where: [*others, (name, "")]})
            for wrong in ("x", value[:-1], value + "0", "é", "\udcff", "0" * len(value)):
                yield replace(right, **{where: [*others, (name, wrong)]})
                yield replace(right, **{where: [(name, wrong), *given]})
    yield replace(right, query=(), headers=())


def strange(webhook: Webhook, fuzz: Fuzz) -> Sent:
    """Noise, or a good one with bits of what is signed the other way round."""
    right = webhook.good("strange")
    if not webhook.covers or fuzz.chance.random() < 0.5:
        return Sent(webhook.method, webhook.path, body=fuzz.noise())
    flipped = fuzz.flipped(right.body)
    return replace(right, body=flipped if flipped != right.body else b"")


@pytest.mark.parametrize("name", NAMES)
def test_what_makes_no_sense_is_left_though_it_is_signed(house: House, fuzz: Fuzz, name: str) -> None:
    async def scenario() -> None:
        for number in range(ROUNDS):
            if number % 5 == 0:
                webhook = await house.webhook(name)
            for body in (fuzz.noise(), nonsense(webhook, fuzz)):
                answer = await house.ask(webhook, webhook.signed(body))
                hung_up = {0} if len(body) > LONG else set()
                assert answer.status in webhook.left | webhook.taken | hung_up, (answer, body[:2_000])
        await house.serves(await house.webhook(name))

    house.run(scenario())


def nonsense(webhook: Webhook, fuzz: Fuzz) -> bytes:
    if not webhook.payloads:
        return fuzz.noise()
    payload = fuzz.chance.choice(webhook.payloads)
    if "MsgType" in payload and fuzz.chance.random() < 0.7:
        return fuzz.xml(payload)
    return fuzz.json(payload) if fuzz.chance.random() < 0.9 else fuzz.flipped(json.dumps(payload).encode())


@pytest.mark.parametrize("name", [webhook.name for webhook in table("") if webhook.reaches])
def test_what_comes_again_and_again_is_handled_once(house: House, name: str) -> None:
    async def scenario() -> None:
        webhook = await house.webhook(name)
        sent = webhook.good(f"again {name}")
        for _ in range(3):
            answers = await asyncio.gather(*(house.ask(webhook, sent) for _ in range(8)))
            assert {answer.status for answer in answers} <= webhook.taken
        await house.until(lambda: house.process.heard(f"again {name}") > 0)
        await house.serves(webhook)
        assert house.process.heard(f"again {name}") == 1

    house.run(scenario())


def test_what_wechat_signed_an_hour_ago_is_somebody_elses_repetition(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        for webhook in table(""):
            if "timestamp" in webhook.secrets:
                assert (await house.ask(webhook, webhook.good("late"))).status == 403

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    house.run(scenario())


# How it may be said that a body has ten megabytes: truly, not at all, or wrongly.
TEN = 10 * MEGABYTE
FRAMINGS = {
    "known": (f"Content-Length: {TEN}",),
    "chunked": ("Transfer-Encoding: chunked",),
    "negative": ("Content-Length: -5",),
    "both": ("Content-Length: 5", "Transfer-Encoding: chunked"),
    "twice": ("Content-Length: 5", f"Content-Length: {TEN}"),
    "no number": ("Content-Length: ten",),
    "too long a number": ("Content-Length: " + "9" * 5_000,),
    "unknown coding": ("Transfer-Encoding: gzip",),
    "capital": ("Transfer-Encoding: Chunked",),
}


def ten_megabytes(framing: str) -> AsyncIterator[bytes]:
    pieces = repeated(b"x" * PIECE, TEN // PIECE)
    return chunked(pieces) if framing in ("chunked", "both", "capital") else pieces


@pytest.mark.parametrize("framing", FRAMINGS)
def test_ten_megabytes_are_refused_however_they_come(house: House, framing: str) -> None:
    async def throw(webhook: Webhook) -> None:
        sent = webhook.signed(b"")
        how = {"framing": FRAMINGS[framing], "pieces": ten_megabytes(framing)}
        answer = await house.ask(webhook, sent, **how)
        # What a GET carries is not looked at. Who sends too much may be hung up on.
        expected = {0, 413} if webhook.method == "POST" else webhook.taken
        if framing not in ("known", "chunked"):
            expected = {0, 400, 404, 413}
        elif webhook.path.endswith("/uploads"):
            expected = webhook.taken
        assert answer.status in expected, (answer, sent)

    async def scenario() -> None:
        for name in NAMES:
            await throw(await house.webhook(name))
        await house.serves(await house.webhook(NAMES[0]))

    with house.process.within(SMALL):
        house.run(scenario())


def test_two_hundred_times_ten_megabytes_sixteen_at_a_time_need_little_memory(house: House) -> None:
    async def scenario() -> None:
        webhooks = [await house.webhook(name) for name in NAMES]
        thrown = itertools.islice(
            itertools.cycle(itertools.product(webhooks, ("known", "chunked"))), BIG_ONES
        )

        async def throw_some() -> None:
            for webhook, framing in thrown:
                sent = webhook.signed(b"")
                await house.ask(webhook, sent, framing=FRAMINGS[framing], pieces=ten_megabytes(framing))

        await asyncio.gather(*(throw_some() for _ in range(16)))

    with house.process.within(MANY):
        house.run(scenario())


def test_bodies_that_stop_in_the_middle_hold_nobody_up(house: House) -> None:
    """Sixteen that have sent nearly all that is allowed, unsigned."""

    async def stops(size: int, go_on: asyncio.Event) -> AsyncIterator[bytes]:
        async for piece in repeated(b"x" * PIECE, size // PIECE):
            yield piece
        await go_on.wait()

    async def scenario() -> None:
        webhook = await house.webhook("0 POST /webhooks/whatsapp/webhook")
        go_on = asyncio.Event()
        size = 3 * MEGABYTE - PIECE
        how: Any = {"framing": (f"Content-Length: {size + 1}",)}
        waiting = [
            asyncio.create_task(
                house.ask(webhook, Sent("POST", webhook.path), pieces=stops(size, go_on), **how)
            )
            for _ in range(16)
        ]
        for name in NAMES:
            await house.serves(await house.webhook(name))
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    with house.process.within(MANY):
        house.run(scenario())


def test_what_is_packed_is_not_unpacked(house: House) -> None:
    bomb = gzip.compress(b" " * 40 * MEGABYTE)

    async def scenario() -> None:
        for name in READING:
            webhook = await house.webhook(name)
            sent = webhook.signed(bomb)
            packed = replace(sent, headers=[*sent.headers, ("Content-Encoding", "gzip")])
            answer = await house.ask(webhook, packed)
            assert answer.status in webhook.left | webhook.taken, (answer, name)
            await house.serves(webhook)

    with house.process.within(SMALL):
        house.run(scenario())


def xml_bombs(outside: str) -> Iterator[bytes]:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><xml><MsgType>&l9;</MsgType></xml>'.encode()
    yield f'<!DOCTYPE x [<!ENTITY e "{"x" * 50_000}">]><xml>{"<A>&e;</A>" * 5_000}</xml>'.encode()
    yield f'<!DOCTYPE x [<!ENTITY e SYSTEM "{outside}">]><xml><MsgType>&e;</MsgType></xml>'.encode()
    yield f'<!DOCTYPE x [<!ENTITY % e SYSTEM "{outside}"> %e;]><xml/>'.encode()
    yield f'<!DOCTYPE x SYSTEM "{outside}"><xml><MsgType>text</MsgType></xml>'.encode()
    yield b"<xml>" + b"<a/>" * 60_000 + b"</xml>"
    yield b"<xml>" + b"<a>" * 60_000
    yield b"<xml " + b" ".join(b'a%d="1"' % number for number in range(20_000)) + b"/>"
    yield b"<xml><" + b"a" * 200_000 + b"/></xml>"


def test_xml_bombs_are_refused(house: House) -> None:
    asked: list[object] = []
    turns = len(house.process.turns())

    async def scenario() -> None:
        server = await asyncio.start_server(lambda *_: asked.append(1), "127.0.0.1", 0)
        async with server:
            outside = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x.dtd"
            for webhook in table(""):
                if "timestamp" not in webhook.secrets or not webhook.reads:
                    continue
                for bomb in xml_bombs(outside):
                    for sent in (webhook.signed(bomb), replace(webhook.signed(b""), body=bomb)):
                        assert (await house.ask(webhook, sent)).status in webhook.left | {0}
        assert len(house.process.turns()) == turns

    with house.process.within(SMALL):
        house.run(scenario())
    assert asked == [], "nothing was fetched"


@pytest.mark.parametrize("name", NAMES)
def test_thousands_of_parameters_and_headers_are_refused(house: House, name: str) -> None:
    async def scenario() -> None:
        webhook = await house.webhook(name)
        good = webhook.good("many")
        many = [(f"p{number}", "x") for number in range(10_000)]
        for sent in (
            replace(good, query=[*good.query, *many]),
            replace(good, headers=[*good.headers, *many[:2_000]]),
            replace(good, headers=[*good.headers, ("Cookie", "x" * 100_000)]),
            replace(good, path=good.path + "/" + "x" * 100_000),
            replace(good, path=good.path + "/%00%ff\udcff"),
            replace(good, path="*"),
        ):
            assert (await house.ask(webhook, sent)).status in {0, 400, 404, 413}, sent.path[:200]
        crowded = replace(good, query=[*good.query, *many[:500]])
        assert (await house.ask(webhook, crowded)).status in webhook.taken, "what fits is not in the way"

    with house.process.within(SMALL):
        house.run(scenario())


def test_a_batch_of_a_thousand_is_taken_whole_while_others_are_served(house: House) -> None:
    async def scenario() -> None:
        webhook = await house.webhook("0 POST /webhooks/whatsapp/webhook")
        message = {"type": "text", "text": {"body": "one of many"}, "timestamp": "1"}
        messages = [
            {**message, "id": f"wamid.batch.{number}", "from": f"49{number % 50:05}"}
            for number in range(1_000)
        ]
        value = {"metadata": {"phone_number_id": NUMBER}, "messages": messages}
        batch = {"entry": [{"changes": [{"field": "messages", "value": value}]}]}
        sent = webhook.signed(json.dumps(batch).encode())
        before = house.process.kept()["whatsapp-default.inbox"]
        taken = asyncio.create_task(house.ask(webhook, sent))
        served = 0
        while not taken.done():
            await house.ask(webhook, Sent("GET", "/webhooks/whatsapp/"))
            served += 1
        assert served > 2
        for answer in (await taken, await house.ask(webhook, sent)):
            assert answer.status == 200
            assert house.process.kept()["whatsapp-default.inbox"] == before + len(messages)

    house.run(scenario())


def test_nothing_of_all_this_was_a_mistake_and_memory_is_as_it_was(house: House) -> None:
    """At the end, whatever ran before."""
    held, _ = house.process.memory()
    print(f"requests {house.requests}, memory {house.held_at_first:.0f} MB, now {held:.0f} MB")
    assert held - house.held_at_first < MANY
    assert house.process.mistakes() == []
