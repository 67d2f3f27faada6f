"""The 蓝莺IM connector is killed again and again while customers write: nothing lost, doubled or out of
order."""

from pathlib import Path

from channels.lanying import LanyingInput
from tests.assistant.provider_kills import CUSTOMERS, killed_at_random, run
from tests.emulators.lanying import APP, BOT, LIN, SIGNATURE, TOKEN, LanyingEmulator


class Lanying:
    """As `provider_kills.Network`."""

    name = "lanying"

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
        await self.provider.insists(self._callback, **event)

    def said_to(self, customer: int) -> list[str]:
        return [each["content"] for each in self.provider.messages if each["targets"] == [LIN + customer]]


def test_killed_at_random_points_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with LanyingEmulator().running() as provider:
            network = Lanying(provider)
            await killed_at_random(network, tmp_path)
            for customer in range(CUSTOMERS):
                said = network.said_to(customer)
                assert len(said) == len(set(said)), "the provider knows repetitions by their transaction_id"

    run(scenario())
