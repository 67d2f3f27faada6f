"""The WhatsApp connector is killed again and again while customers write: nothing lost, doubled or out of
order."""

from pathlib import Path

from channels.whatsapp import WhatsAppInput
from tests.assistant.provider_kills import CUSTOMERS, killed_at_random, run
from tests.emulators.whatsapp import NUMBER, SECRET, TOKEN, VERIFY, Cloud, Person, cloud


class WhatsApp:
    """As `provider_kills.Network`. Half of the customers show no number."""

    name = "whatsapp"

    def __init__(self, meta: Cloud) -> None:
        self.meta = meta
        self.people = [
            Person(f"C{n}", phone=f"100{n}" if n % 2 else None, user_id=f"US.{n}") for n in range(CUSTOMERS)
        ]

    def connector(self, path: Path) -> WhatsAppInput:
        return WhatsAppInput(
            phone_number_id=NUMBER,
            access_token=TOKEN,
            app_secret=SECRET,
            verify_token=VERIFY,
            url=self.meta.url,
            path=path,
        )

    def at(self, url: str) -> None:
        self.meta.hook = f"{url}/webhooks/whatsapp/webhook"

    async def writes(self, customer: int, line: str, number: int) -> None:
        message = {**self.meta.text(line), "id": f"wamid.{customer}.{number}"}
        await self.meta.writes(self.people[customer], message)

    def said_to(self, customer: int) -> list[str]:
        person = self.people[customer]
        return [each.text for each in self.meta.sent if each.to == (person.phone or person.user_id)]


def test_killed_at_random_points_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with cloud(pair_burst=1_000_000) as meta:
            await killed_at_random(WhatsApp(meta), tmp_path)

    run(scenario())
