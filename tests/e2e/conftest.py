"""One stack for all tests, as starting Rasa is what costs; each has its own customers and a clear desk."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.e2e.customers import (
    Customer,
    LanyingCustomer,
    WechatCustomer,
    WecomCustomer,
    WhatsAppCustomer,
    newcomers,
)
from tests.e2e.emulators import Emulator, emulated
from tests.e2e.people import AgentClient, RestCustomer, Stream, WebCustomer
from tests.e2e.shell import Bash
from tests.e2e.stack import Stack
from tests.e2e.waiting import eventually
from tests.service.mailbox import Mailbox, mail_server

pytest.register_assert_rewrite("tests.e2e.killing")

WECOM = "channels.wecom.WecomInput"
SITE_SECRET = "a-secret-of-the-shop-0123456789-abc"
REPLY_WITHIN = timedelta(minutes=10)  # an agent's words wait for Rasa, which starts slowly on a busy machine
QUICK = {
    "WEBCHAT_SECRET_DEFAULT": SITE_SECRET,
    "HANDOFF_RELAX_AFTER": "PT4S",  # long enough to see that nobody is assigned before it
    "HANDOFF_PAUSE_GRACE": "PT2S",
    "HANDOFF_REMIND_EVERY": "PT60S",
    "HANDOFF_REPLY_WITHIN": f"PT{REPLY_WITHIN.seconds}S",
    "HANDOFF_MAIL_AFTER": "PT2S",
}


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """What the stack mails; only customers who have left an address get any."""
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def lanying() -> Iterator[Emulator]:
    """蓝莺IM."""
    with emulated("lanying") as emulator:
        yield emulator


@pytest.fixture(scope="session")
def whatsapp() -> Iterator[Emulator]:
    """WhatsApp's Cloud API."""
    with emulated("whatsapp") as emulator:
        yield emulator


@pytest.fixture(scope="session")
def wechat() -> Iterator[Emulator]:
    """WeChat, encrypted."""
    with emulated("wechat") as emulator:
        yield emulator


@pytest.fixture(scope="session")
def wecom() -> Iterator[Emulator]:
    """WeCom."""
    with emulated("wecom") as emulator:
        yield emulator


@pytest.fixture(scope="session")
def running_stack(
    tmp_path_factory: pytest.TempPathFactory,
    mailbox: Mailbox,
    lanying: Emulator,
    whatsapp: Emulator,
    wechat: Emulator,
    wecom: Emulator,
) -> Iterator[Stack]:
    mail = {"HANDOFF_SMTP_URL": mailbox.url, "HANDOFF_MAIL_FROM": "Shop <help@shop.example.com>"}
    connectors = {
        "channels.whatsapp.WhatsAppInput": whatsapp.credentials,
        "channels.lanying.LanyingInput": lanying.credentials,
        "channels.wechat.WechatInput": wechat.credentials,
        WECOM: wecom.credentials,
    }
    stack = Stack(tmp_path_factory.mktemp("baton"), {**QUICK, **mail}, connectors=connectors)
    with stack.running():
        yield stack


@pytest.fixture
def stack(running_stack: Stack) -> Stack:
    running_stack.ensure_running()
    return running_stack


@pytest.fixture
def answered_by(stack: Stack, wecom: Emulator) -> Callable[[str], None]:
    """Where customers on WeCom are answered from now on: at the `desk`, as in the beginning, or in its own
    client (`wecom`). A change starts Rasa and the service again."""

    def choose(who: str) -> None:
        if who == "desk":
            stack.use()
        else:
            credentials = {**wecom.credentials, "answered_by": who}
            stack.use({"HANDOFF_OUTSIDE_CHANNELS": "wecom"}, {WECOM: credentials})

    return choose


class Desk:
    """Everybody who can log in. All are offline, with nothing in hand, when a test begins."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._agents: dict[str, AgentClient] = {}

    def __getattr__(self, name: str) -> AgentClient:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._agents:
            self._agents[name] = AgentClient(self._stack, f"{name}@example.com")
        return self._agents[name]

    def clear(self) -> None:
        for name in ("lin", "sam", "mei"):
            getattr(self, name).is_now("offline")
        for owner in ("queue", "agent"):
            for conversation in self.vera.conversations(owner=owner):
                if conversation["status"] != "resolved":
                    self.vera.http.post(f"/conversations/{conversation['id']}/resolve", json={})


@pytest.fixture(scope="session")
def session_desk(running_stack: Stack) -> Desk:
    return Desk(running_stack)


@pytest.fixture
def desk(stack: Stack, session_desk: Desk) -> Iterator[Desk]:
    session_desk.clear()
    yield session_desk
    stack.ensure_running()
    session_desk.clear()


@pytest.fixture
def rest(stack: Stack, desk: Desk) -> Callable[..., RestCustomer]:
    return lambda sender_id=None: RestCustomer(stack, sender_id)


@pytest.fixture
def web(stack: Stack, desk: Desk) -> Iterator[Callable[[], WebCustomer]]:
    customers: list[WebCustomer] = []

    def make() -> WebCustomer:
        customers.append(WebCustomer(stack))
        customers[-1].reconnect()
        return customers[-1]

    yield make
    for customer in customers:
        customer.disconnect()


@pytest.fixture
def everywhere(
    web: Callable[[], WebCustomer],
    whatsapp: Emulator,
    lanying: Emulator,
    wechat: Emulator,
    wecom: Emulator,
    stack: Stack,
) -> list[Callable[[], Customer]]:
    """Makers of new customers, one for each channel."""
    return [
        web,
        *(
            newcomers(kind, provider, stack)
            for kind, provider in (
                (WhatsAppCustomer, whatsapp),
                (LanyingCustomer, lanying),
                (WechatCustomer, wechat),
                (WecomCustomer, wecom),
            )
        ),
    ]


@pytest.fixture
def stream() -> Iterator[Callable[[AgentClient], Stream]]:
    streams: list[Stream] = []

    def open_stream(agent: AgentClient) -> Stream:
        streams.append(Stream(agent))
        return streams[-1]

    yield open_stream
    for each in streams:
        each.close()


@pytest.fixture
def owned(desk: Desk) -> Callable[[str, str], dict]:
    """Wait until the sender's conversation has that owner; the conversation."""

    def wait(sender_id: str, owner: str) -> dict:
        def look() -> dict | None:
            conversation = desk.vera.conversation_of(sender_id)
            return conversation if conversation and conversation["owner"] == owner else None

        return eventually(look, f"{sender_id} owned by {owner}")

    return wait


@pytest.fixture
def bash(stack: Stack) -> Iterator[Bash]:
    bash = Bash(stack)
    yield bash
    bash.close()
