"""A rush of webhooks on the real processes: how soon they are acknowledged, how fast the rest is worked off.

WhatsApp messages of many customers come at a steady rate for a while; a local server that behaves like the
provider takes the answers. Printed are the times of the acknowledgements, what was lost, and what was not
decided in time.

Then, again and again, on the same processes, the same questions come through two of Rasa's own channels as
fast as it answers, and through WhatsApp all at once: how fast such a backlog is worked off, compared with
what came just before it. `callback` sends each answer in a request, as a provider's channel has to; `rest`
sends nothing, its answers go back with the response. Each customer asks every question once, so that nobody
is handed over for asking again. Run it by `make bench`.
"""

import argparse
import asyncio
import math
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import aiohttp
import uvloop
from aiohttp import web

from tests.e2e.stack import Stack
from tests.emulators.steering import served
from tests.emulators.whatsapp import NUMBER, SECRET, TOKEN, VERIFY, Cloud, Person, cloud

AT_ONCE = 16  # questions under way on a channel of Rasa's own
QUESTIONS = (
    "运费怎么算",
    "what are your opening hours",
    "怎么修改收货地址",
    "how long does delivery take",
    "发票怎么开",
)
OWN = ("callback", "rest")
ROUNDS = 7
ASKED = 300  # questions in each of a round's three parts
AT_ONCE_A_SECOND = 500.0
PER_SECOND = 1000.0  # of a number that Meta has raised: its 80 a second are less than a quick machine's
PATIENCE = 1200.0  # seconds for the backlog: a slow machine is no failure


def question(number: int, customers: int) -> tuple[int, str]:
    """Who asks the question of that number, and what: another one each time that they write."""
    round_, customer = divmod(number, customers)
    return customer, QUESTIONS[(customer + round_) % len(QUESTIONS)]


async def asked(stack: Stack, channel: str, who: str, count: int = ASKED) -> float:
    """Answers a second of a channel of Rasa's own."""
    left = iter(range(count))
    hook = f"{stack.settings.rasa_url}/webhooks/{channel}/webhook"

    async def one_after_another(http: aiohttp.ClientSession) -> None:
        for number in left:
            customer, text = question(number, count // len(QUESTIONS))
            body = {"sender": f"{channel}-{who}-{customer}", "message": text}
            async with http.post(hook, json=body) as response:
                await response.read()

    async with aiohttp.ClientSession() as http:
        started = time.perf_counter()
        await asyncio.gather(*(one_after_another(http) for _ in range(AT_ONCE)))
        return count / (time.perf_counter() - started)


@dataclass(frozen=True)
class Rush:
    """`took`: seconds until each acknowledgement. `backlog`: messages not answered yet when the last one had
    come, `rest` seconds before all were. `lost`: those that were never answered."""

    took: list[float]
    backlog: int
    rest: float
    lost: int


async def rush(whatsapp: Cloud, store: Path, rate: float, seconds: float) -> Rush:
    count = int(rate * seconds)
    customers = math.ceil(count / len(QUESTIONS))
    known = len(whatsapp.people)
    people = [Person(f"P{number}", phone=f"8613{number:09}") for number in range(known, known + customers)]
    whatsapp.people += people
    took: list[float] = []

    async def write(number: int) -> None:
        customer, text = question(number, customers)
        person = people[customer]
        person.wrote_at = whatsapp.now()
        webhook = whatsapp.webhook(person, whatsapp.text(text))
        began = time.perf_counter()
        await whatsapp.bring(webhook)
        took.append(time.perf_counter() - began)

    started = time.perf_counter()
    writing = []
    for number in range(count):
        await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
        writing.append(asyncio.create_task(write(number)))
    await asyncio.gather(*writing)
    backlog, all_came = unfinished(store, "inbox"), time.perf_counter()
    while left := unfinished(store, "inbox") + unfinished(store, "outgoing"):
        if time.perf_counter() - started > PATIENCE:
            break
        await asyncio.sleep(0.02)
    ended = time.perf_counter()
    answers = Counter(sent.to for sent in whatsapp.sent)
    asked = Counter(question(number, customers)[0] for number in range(count))
    missing = sum(max(0, asked[n] - answers[str(person.phone)]) for n, person in enumerate(people))
    return Rush(took, backlog, ended - all_came, max(left, missing))


def unfinished(store: Path, table: Literal["inbox", "outgoing"]) -> int:
    """What the connector has still to handle, or to send."""
    with closing(sqlite3.connect(store)) as db:
        query = f"SELECT count(*) FROM {table} WHERE status NOT IN ('done', 'sent')"  # noqa: S608 -- one of two
        (count,) = db.execute(query).fetchone()
    return int(count)


async def measure(stack: Stack, whatsapp: Cloud, rate: float, seconds: float) -> None:
    folder = stack.settings.data_dir
    whatsapp.hook = f"{stack.settings.rasa_url}/webhooks/whatsapp/webhook"
    for channel in OWN:
        await asked(stack, channel, "warm", 50)  # loads the dictionaries
    store = folder / "whatsapp-default.db"
    seen = await rush(whatsapp, store, rate, seconds)
    ordered, count = sorted(seen.took), len(seen.took)
    p99 = ordered[int(count * 0.99) - 1]
    print(
        f"acknowledged {count:,} webhooks, {rate:.0f} a second for {seconds:.0f} s (allowed: p99 1,000 ms):"
    )
    median, longest = statistics.median(ordered), ordered[-1]
    print(f"  median {median * 1000:.0f} ms, p99 {p99 * 1000:.0f}, longest {longest * 1000:.0f}")
    print(f"  {seen.lost} without an answer")
    undecided = (folder / "actions.log").read_text().count("Turn undecided")
    print(f"  {undecided} turns that the handoff service did not decide in time")
    ratios: dict[str, list[float]] = {channel: [] for channel in OWN}
    print("worked off, messages a second:", flush=True)
    for round_ in range(ROUNDS):
        own = {channel: await asked(stack, channel, str(round_)) for channel in OWN}
        burst = await rush(whatsapp, store, AT_ONCE_A_SECOND, ASKED / AT_ONCE_A_SECOND)
        ours = burst.backlog / burst.rest
        for channel in OWN:
            ratios[channel].append(ours / own[channel])
        rates = ", ".join(f"{channel} {own[channel]:.1f}" for channel in OWN)
        print(f"  WhatsApp {ours:.1f}, {rates}", flush=True)
    for channel, found in ratios.items():
        print(
            f"compared with {channel}: median {statistics.median(found):.2f},"
            f" {min(found):.2f} to {max(found):.2f} (at least 0.8 of callback)"
        )


@asynccontextmanager
async def taking_answers() -> AsyncIterator[str]:
    """The address to which the channel `callback` sends."""

    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    async with served(app) as address:
        yield address


async def run(folder: Path, rate: float, seconds: float) -> None:
    async with cloud() as whatsapp, taking_answers() as address:
        settings = {
            "phone_number_id": NUMBER,
            "access_token": TOKEN,
            "app_secret": SECRET,
            "verify_token": VERIFY,
            "url": whatsapp.url,
            "per_second": str(PER_SECOND),
        }
        connectors = {"channels.whatsapp.WhatsAppInput": settings, "callback": {"url": address}}
        stack = await asyncio.to_thread(started, folder, connectors)
        try:
            await measure(stack, whatsapp, rate, seconds)
        finally:
            await asyncio.to_thread(stack.stop)


def started(folder: Path, connectors: Mapping[str, Mapping[str, str]]) -> Stack:
    stack = Stack(folder, {}, wired=False, connectors=connectors)
    stack.set_up()
    stack.start("handoff", "actions", "rasa")
    return stack


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=50.0, help="webhooks a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(run(Path(folder), given.rate, given.seconds))  # customers and provider share the machine


if __name__ == "__main__":
    main()
