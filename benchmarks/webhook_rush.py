"""A rush of webhooks on the real processes: how soon they are acknowledged, how fast the rest is worked off.

WhatsApp messages of many customers come at a steady rate for a while; a local server that behaves like the
provider takes the answers. Before and after it, in the same run and on the same processes, other customers
ask the same through Rasa's own `rest` channel as fast as it answers. Each customer asks every question once,
so that nobody is handed over for asking again. Prints the times of the acknowledgements, what was lost, what
was not decided in time, and the ratio of the two rates. Run it by `make bench`.
"""

import argparse
import asyncio
import math
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import aiohttp

from tests.e2e.stack import Stack
from tests.emulators.whatsapp import NUMBER, SECRET, TOKEN, VERIFY, Cloud, Person, cloud

AT_ONCE = 16  # questions under way on the `rest` channel
QUESTIONS = (
    "运费怎么算",
    "what are your opening hours",
    "怎么修改收货地址",
    "how long does delivery take",
    "发票怎么开",
)
PATIENCE = 1200.0  # seconds for the backlog: a slow machine is no failure


def question(number: int, customers: int) -> tuple[int, str]:
    """Who asks the question of that number, and what: another one each time that they write."""
    round_, customer = divmod(number, customers)
    return customer, QUESTIONS[(customer + round_) % len(QUESTIONS)]


async def asked_by_rest(stack: Stack, count: int, who: str) -> float:
    """Answers a second of Rasa's own channel."""
    left = iter(range(count))

    async def one_after_another(http: aiohttp.ClientSession) -> None:
        for number in left:
            customer, text = question(number, count // len(QUESTIONS))
            body = {"sender": f"{who}-{customer}", "message": text}
            async with http.post(f"{stack.settings.rasa_url}/webhooks/rest/webhook", json=body) as response:
                await response.json()

    async with aiohttp.ClientSession() as http:
        started = time.perf_counter()
        await asyncio.gather(*(one_after_another(http) for _ in range(AT_ONCE)))
        return count / (time.perf_counter() - started)


async def rush(whatsapp: Cloud, store: Path, rate: float, seconds: float) -> tuple[list[float], float, int]:
    """Seconds until each acknowledgement, seconds until all is worked off, messages without an answer."""
    count = int(rate * seconds)
    customers = math.ceil(count / len(QUESTIONS))
    people = [Person(f"P{number}", phone=f"8613{number:09}") for number in range(customers)]
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
    print(f"all acknowledged after {time.perf_counter() - started:.0f} s", flush=True)
    while (left := unfinished(store)) and time.perf_counter() - started < PATIENCE:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    lasted = time.perf_counter() - started
    answers = Counter(sent.to for sent in whatsapp.sent)
    asked = Counter(question(number, customers)[0] for number in range(count))
    missing = sum(max(0, asked[n] - answers[str(person.phone)]) for n, person in enumerate(people))
    return took, lasted, max(left, missing)


def unfinished(store: Path) -> int:
    """What the connector has still to handle or to send."""
    with closing(sqlite3.connect(store)) as db:
        (count,) = db.execute(
            "SELECT (SELECT count(*) FROM inbox WHERE status != 'done')"
            " + (SELECT count(*) FROM outgoing WHERE status != 'sent')"
        ).fetchone()
    return int(count)


async def measure(stack: Stack, whatsapp: Cloud, rate: float, seconds: float) -> None:
    folder = stack.settings.data_dir
    whatsapp.hook = f"{stack.settings.rasa_url}/webhooks/whatsapp/webhook"
    await asked_by_rest(stack, 20, "warm")  # loads the dictionaries
    before = await asked_by_rest(stack, 300, "before")
    took, lasted, lost = await rush(whatsapp, folder / "whatsapp-default.db", rate, seconds)
    after = await asked_by_rest(stack, 300, "after")
    ordered, count = sorted(took), len(took)
    ours = count / lasted
    p99 = ordered[int(count * 0.99) - 1]
    print(
        f"acknowledged {count:,} webhooks, {rate:.0f} a second for {seconds:.0f} s (allowed: p99 1,000 ms):"
    )
    median, longest = statistics.median(ordered), ordered[-1]
    print(f"  median {median * 1000:.0f} ms, p99 {p99 * 1000:.0f}, longest {longest * 1000:.0f}")
    print(f"  {lost} without an answer")
    undecided = (folder / "actions.log").read_text().count("Turn undecided")
    print(f"  {undecided} turns that the handoff service did not decide in time")
    print(f"worked off: {ours:.1f} a second; Rasa's own channel: {before:.1f} before, {after:.1f} after")
    print(f"  ratio {ours / before:.2f} and {ours / after:.2f} (at least 0.8)")


async def run(folder: Path, rate: float, seconds: float) -> None:
    async with cloud() as whatsapp:
        settings = {
            "phone_number_id": NUMBER,
            "access_token": TOKEN,
            "app_secret": SECRET,
            "verify_token": VERIFY,
            "url": whatsapp.url,
        }
        stack = await asyncio.to_thread(started, folder, settings)
        try:
            await measure(stack, whatsapp, rate, seconds)
        finally:
            await asyncio.to_thread(stack.stop)


def started(folder: Path, settings: dict[str, str]) -> Stack:
    stack = Stack(folder, {}, connectors={"channels.whatsapp.WhatsAppInput": settings})
    stack.set_up()
    stack.start("handoff", "actions", "rasa")
    return stack


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=50.0, help="webhooks a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), given.rate, given.seconds))


if __name__ == "__main__":
    main()
