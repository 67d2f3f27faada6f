"""The 蓝莺IM connector is killed again and again while customers write: nothing lost, doubled or out of
order. A seed that fails can be repeated with BATON_KILL_SEED; more kills with BATON_KILL_ROUNDS."""

import asyncio
import os
from pathlib import Path

import aiohttp

from channels.lanying import LanyingInput
from tests.assistant.channel_fakes import run
from tests.assistant.provider_kills import CUSTOMERS, killed_at_random
from tests.emulators.lanying import APP, BOT, LIN, SIGNATURE, TOKEN, LanyingEmulator


class Lanying:
    """As `provider_kills.Network`."""

    def __init__(self, provider: LanyingEmulator) -> None:
        self.provider = provider
        self.provider.users |= {LIN + number: f"c{number}" for number in range(CUSTOMERS)}
        self._callback = ""

    def connector(self, path: Path) -> LanyingInput:
        return LanyingInput(
            app_id=APP,
            access_token=TOKEN,
            user_id=BOT,
            callback_signature=SIGNATURE,
            api=self.provider.url,
            path=path,
        )

    def at(self, url: str) -> None:
        self._callback = f"{url}/webhooks/lanying/callback"

    async def writes(self, customer: int, line: str, number: int) -> None:
        event = {"msgId": f"{customer}-{number}", "from": {"uid": LIN + customer}, "content": line}
        while True:
            try:
                if await self.provider.calls_back(self._callback, **event) == 200:
                    return
            except (aiohttp.ClientError, ConnectionError):
                await asyncio.sleep(0.01)

    def said_to(self, customer: int) -> list[str]:
        return [each["content"] for each in self.provider.messages if each["targets"] == [LIN + customer]]


def test_killed_at_random_points_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    rounds = int(os.environ.get("BATON_KILL_ROUNDS") or 20)

    async def scenario() -> None:
        async with LanyingEmulator().running() as provider:
            network = Lanying(provider)
            await killed_at_random(network, tmp_path, rounds)
            for customer in range(CUSTOMERS):
                said = network.said_to(customer)
                assert len(said) == len(set(said)), "the provider knows repetitions by their transaction_id"

    run(scenario(), limit=60 + 3.0 * rounds)
