"""How fast the console is with a busy desk, in a real browser on the real service.

With 5,000 conversations in the lists (1,000 of them in the hands of 200 agents, 100 waiting), and one of
2,000 messages: the most row nodes that the page ever held, the longest task of a scripted scroll through
both, the first paint. Then how long a customer's message takes from being handed to the service (before its
commit: an upper bound) to the painted page, alone and with 199 other listeners on the stream in the same
run. Needs Chromium (BATON_CHROMIUM names one). Run it by `make bench`.
"""

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, async_playwright

from benchmarks._desk import PASSWORD, DeskServer, desk_server
from benchmarks._listeners import listening

MESSAGES = 2000
PATIENCE = 120_000  # milliseconds
BETWEEN = 0.15  # seconds from one message to the next: a busy desk, not a flood

WATCH = """() => {
  window.rows = 0; window.longest = 0;
  const rows = 'nav section button, [role=log] article';
  const count = () => {
    window.rows = Math.max(window.rows, document.querySelectorAll(rows).length);
  };
  new MutationObserver(count).observe(document.body, {childList: true, subtree: true});
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration);
  }).observe({type: 'longtask', buffered: false});
  count();
}"""

PAINTED = """(mark) => new Promise(resolve => {
  const look = () => {
    const log = document.querySelector('[role=log]');
    if (!log || !log.textContent.includes(mark)) return false;
    observer.disconnect();
    // two frames later what the mutation changed is on the screen
    const now = () => resolve(performance.timeOrigin + performance.now());
    requestAnimationFrame(() => requestAnimationFrame(now));
    return true;
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, {childList: true, subtree: true, characterData: true});
  look();
})"""

SCROLL = """async (selector) => {
  const inside = [...document.querySelectorAll(`${selector}, ${selector} *`)];
  const of = inside.find(
    e => e.scrollHeight > e.clientHeight + 50 && ['auto', 'scroll'].includes(getComputedStyle(e).overflowY));
  const frame = () => new Promise(requestAnimationFrame);
  const end = of.scrollHeight;
  for (let step = 0; step <= 60; step += 1) { of.scrollTop = end * step / 60; await frame(); await frame(); }
  for (let step = 60; step >= 0; step -= 2) { of.scrollTop = end * step / 60; await frame(); }
  return end;
}"""


async def log_in(page: Page, url: str, name: str) -> None:
    await page.goto(f"{url}/")
    await page.locator("#email").fill(f"{name}@example.com")
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("nav section button", timeout=PATIENCE)


async def scrolled(page: Page, url: str, desk: DeskServer) -> dict[str, float]:
    """What a supervisor's screen costs who scrolls through all of it."""
    await log_in(page, url, "vera")
    await page.evaluate(WATCH)
    await page.evaluate(f"location.hash = {desk.long_conversation!r}")
    await page.wait_for_selector("[role=log] article")
    await page.wait_for_timeout(1500)
    await page.evaluate("window.longest = 0")
    heights = {
        "inbox": await page.evaluate(SCROLL, "nav"),
        "log": await page.evaluate(SCROLL, "[role=log]"),
    }
    rows, longest = await page.evaluate("[window.rows, window.longest]")
    paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
    return {"rows": rows, "longest": longest, "paint": paint, **heights}


async def reload_paint(page: Page) -> float:
    """Milliseconds to the first paint of somebody who is logged in already and comes back."""
    await page.reload()
    await page.wait_for_selector("nav section button", timeout=PATIENCE)
    return float(
        await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
    )


async def latencies(page: Page, desk: DeskServer, rounds: int, mark: str) -> list[float]:
    """Milliseconds from handing a message in to its being on the screen."""
    took = []
    headers = {"Authorization": f"Bearer {desk.service_key}"}
    async with httpx.AsyncClient(headers=headers, timeout=60, trust_env=False) as client:
        for number in range(rounds + 3):
            text = f"{mark} {number}."
            seen = asyncio.ensure_future(page.evaluate(PAINTED, text))
            await asyncio.sleep(BETWEEN)
            event = {
                "event": "user",
                "text": text,
                "timestamp": time.time(),
                "message_id": f"{mark}-{number}",
                "input_channel": "rest",
                "parse_data": {"intent": {"name": "faq", "confidence": 0.9}, "entities": []},
                "metadata": {},
            }
            batch = [{"id": 0, "sender_id": desk.long_sender, "event": event}]
            started = time.time()
            answer = await client.post(f"{desk.url}/api/v1/ingest", json={"events": batch})
            answer.raise_for_status()
            try:
                painted = await asyncio.wait_for(seen, 30)
            except TimeoutError:
                raise SystemExit("A message did not come to the screen within 30 seconds.") from None
            if number >= 3:  # the first few warm everything up
                took.append(painted - started * 1000)
    return took


async def measure_lists(browser: Browser, desk: DeskServer) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    found = await scrolled(page, desk.url, desk)
    paints = sorted([found["paint"], *[await reload_paint(page) for _ in range(4)]])
    await page.close()
    print(f"row nodes at most                {found['rows']:6.0f}    (allowed 200)")
    print(f"longest task while scrolling     {found['longest']:6.0f} ms (allowed 100; 0: none over 50)")
    print(
        f"scrolled                         {found['inbox']:6.0f} px of lists, {found['log']:.0f} of the log"
    )
    print(f"first paint, median of {len(paints)}         {statistics.median(paints):6.0f} ms (allowed 1,500)")


async def measure_messages(browser: Browser, desk: DeskServer, streams: int, rounds: int) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await log_in(page, desk.url, "lin")
    await page.evaluate(f"location.hash = {desk.long_conversation!r}")
    await page.wait_for_selector("[role=log] article")
    report("alone", await latencies(page, desk, rounds, "alone"))
    with listening(desk.url, desk.token("lin"), streams):
        report(f"with {streams} others", await latencies(page, desk, rounds, "crowd"))
    await page.close()


async def measure(conversations: int, streams: int, rounds: int) -> None:
    chromium = environ.get("BATON_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        raise SystemExit("No Chromium: install it, or name one in BATON_CHROMIUM.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with filled(conversations) as desk:
            await measure_lists(browser, desk)
            await measure_messages(browser, desk, streams, rounds)
        await browser.close()


@contextmanager
def filled(conversations: int) -> Iterator[DeskServer]:
    print(f"Filling a desk with {conversations:,} conversations …", flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        desk_server(Path(folder), conversations=conversations, messages=MESSAGES) as desk,
    ):
        yield desk


def report(name: str, took: list[float]) -> None:
    ordered = sorted(took)
    p95 = ordered[max(0, -(-95 * len(ordered) // 100) - 1)]
    median = statistics.median(ordered)
    print(f"message to painted, {name:16} median {median:5.0f} ms, p95 {p95:5.0f} ms (allowed 150)")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--conversations", type=int, default=5000)
    parser.add_argument("--streams", type=int, default=199)
    parser.add_argument("--rounds", type=int, default=100)
    given = parser.parse_args()
    asyncio.run(measure(given.conversations, given.streams, given.rounds))


if __name__ == "__main__":
    main()
