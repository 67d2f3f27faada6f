"""A rush of webhooks on the real processes: how soon they are acknowledged, how fast the rest is worked off.

WhatsApp messages of many customers come at a steady rate for a while; a local server that behaves like the
provider takes the answers. Beside it, in the same run and on the same processes, the same questions go
through Rasa's own `rest` channel as fast as it answers. Prints the times of the acknowledgements, what was
lost, and the ratio of the two rates. Run it by `make bench`.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.e2e.stack import Stack
from tests.emulators.whatsapp import NUMBER, SECRET, TOKEN, VERIFY, Cloud, Person, cloud

CUSTOMERS = 600
AT_ONCE = 16  # questions under way on the `rest` channel
QUESTIONS = (
    "运费怎么算",
    "what are your opening hours",
    "怎么修改收货地址",
    "how long does delivery take",
    "发票怎么开",
)
PATIENCE = 1200.0  # seconds for the backlog: a slow machine is no failure


async def asked_by_rest(stack: Stack, count: int, who: str) -> float:
    """Answers a second of Rasa's own channel, each to a customer who writes for the first time."""
    left = iter(range(count))

    async def one_after_another(http: aiohttp.ClientSession) -> None:
        for number in left:
            body = {"sender": f"{who}-{number}", "message": QUESTIONS[number % len(QUESTIONS)]}
            async with http.post(f"{stack.settings.rasa_url}/webhooks/rest/webhook", json=body) as response:
                await response.json()

    async with aiohttp.ClientSession() as http:
        started = time.perf_counter()
        await asyncio.gather(*(one_after_another(http) for _ in range(AT_ONCE)))
        return count / (time.perf_counter() - started)


async def rush(whatsapp: Cloud, rate: float, seconds: float) -> tuple[list[float], float, int]:
    """Seconds until each acknowledgement, seconds until the last answer, answers."""
    people = [Person(f"P{number}", phone=f"8613{number:09}") for number in range(CUSTOMERS)]
    whatsapp.people += people
    count = int(rate * seconds)
    took: list[float] = []

    async def write(number: int) -> None:
        person = people[number % len(people)]
        person.wrote_at = whatsapp.now()
        webhook = whatsapp.webhook(person, whatsapp.text(QUESTIONS[number % len(QUESTIONS)]))
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
    while len(whatsapp.sent) < count and time.perf_counter() - started < PATIENCE:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    return took, time.perf_counter() - started, len(whatsapp.sent)


async def measure(stack: Stack, whatsapp: Cloud, rate: float, seconds: float) -> None:
    whatsapp.hook = f"{stack.settings.rasa_url}/webhooks/whatsapp/webhook"
    await asked_by_rest(stack, 20, "warm")  # loads the dictionaries
    before = await asked_by_rest(stack, 300, "before")
    took, lasted, answers = await rush(whatsapp, rate, seconds)
    after = await asked_by_rest(stack, 300, "after")
    ordered, count = sorted(took), len(took)
    bare, ours = (before + after) / 2, answers / lasted
    p99 = ordered[int(count * 0.99) - 1]
    print(
        f"acknowledged {count:,} webhooks, {rate:.0f} a second for {seconds:.0f} s (allowed: p99 1,000 ms):"
    )
    median, longest = statistics.median(ordered), ordered[-1]
    print(f"  median {median * 1000:.0f} ms, p99 {p99 * 1000:.0f}, longest {longest * 1000:.0f}")
    print(f"  {count - answers} without an answer")
    print(f"worked off: {ours:.1f} a second; Rasa's own channel: {before:.1f} before, {after:.1f} after")
    print(f"  ratio {ours / bare:.2f} (at least 0.8)")


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
