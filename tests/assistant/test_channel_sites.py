"""Sites: whose pages may call, and customers whom a site's own server vouches for."""

import asyncio
import base64
import hashlib
import hmac
import json
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from channels import visitors
from channels.sites import InvalidCustomerTokenError, Site, Sites
from channels.store import Store
from channels.visitors import Visitors
from tests.assistant.channel_fakes import ORIGIN, run, serving
from tests.assistant.customer_client import client, stranger
from tests.assistant.fake_visits import serving_visits

NOW = 1_800_000_000.0
SECRET = "a-secret-of-the-shop-0123456789-abc"
SHOP = "https://shop.example"
MEI = {"sub": "mei", "exp": NOW + 60}
SITES: dict[str, Any] = {"default": {"origins": [ORIGIN]}, "shop": {"origins": [SHOP]}}


def signed(claims: Any, secret: str = SECRET) -> str:
    """As the documentation tells a site's server to do it."""
    raw = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    payload = base64.urlsafe_b64encode(raw).rstrip(b"=")
    signature = hmac.new(secret.encode(), payload, hashlib.sha256).digest()
    return f"{payload.decode()}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "webchat.db"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBCHAT_SECRET_SHOP", SECRET)


def test_who_is_logged_in_at_the_site_is_the_same_customer_on_every_device(db: Path) -> None:
    async def test() -> None:
        async with serving(db, now=lambda: NOW, sites=SITES) as server:
            tokens = [signed({"sub": "mei@example.com", "exp": NOW + 60, "name": "Mei"}) for _ in range(2)]
            async with stranger(server, origin=SHOP) as phone, stranger(server, origin=None) as laptop:
                for device, token in zip((phone, laptop), tokens, strict=True):
                    assert (await device.open(site="shop", customer_token=token)).status == 200
                assert phone.visitor == laptop.visitor
                assert phone.token != laptop.token
                assert "mei" not in str(phone.visitor)
                await phone.say("hello")
                shown = await laptop.sees(2)
                assert [message["text"] for message in shown] == ["hello", "echo hello"]
                assert server.agent.saved.keys() == {f"webchat:shop:{phone.visitor}"}

    run(test())


def test_the_session_ends_when_the_sites_word_does(db: Path) -> None:
    now = NOW

    async def test() -> None:
        nonlocal now
        async with (
            serving(db, now=lambda: now, sites=SITES) as server,
            stranger(server, origin=SHOP) as mei,
        ):
            token = signed(MEI)
            await mei.open(site="shop", customer_token=token)
            now += 59
            assert (await mei.messages()).status == 200
            now += 1
            assert (await mei.messages()).code == "invalid_token"
            assert (await mei.open(site="shop", customer_token=token)).code == "invalid_token"
            visitor = mei.visitor
            await mei.open(site="shop", customer_token=signed({"sub": "mei", "exp": now + 60}))
            assert mei.visitor == visitor
        assert sqlite3.connect(db).execute("SELECT count(*) FROM session").fetchone() == (1,)

    run(test())


@pytest.mark.parametrize(
    "token",
    [
        signed(MEI, "another-secret-0123456789-0123456789"),
        signed({"sub": "mei", "exp": NOW}),
        signed({"sub": "mei"}),
        signed({"exp": NOW + 60}),
        signed({"sub": "", "exp": NOW + 60}),
        signed({"sub": 7, "exp": NOW + 60}),
        signed({"sub": "mei", "exp": "tomorrow"}),
        signed({"sub": "mei", "exp": True}),
        signed({"sub": "x" * 201, "exp": NOW + 60}),
        signed(b'{"sub": "mei", "exp": NaN}'),
        signed(b'{"sub": "mei", "exp": 1e999}'),
        signed(b"[" * 3000),
        signed([]),
        signed(MEI).split(".")[0],
        signed(MEI)[:-2],
        "." * 10,
        "令牌.签名",
        "",
        7,
        [],
    ],
)
def test_whom_the_site_did_not_sign_for_gets_no_session(db: Path, token: Any) -> None:
    async def test() -> None:
        async with serving(db, now=lambda: NOW, sites=SITES) as server, stranger(server, origin=SHOP) as who:
            answer = await who.open(site="shop", customer_token=token)
            assert (answer.status, answer.code) == (401, "invalid_token")

    run(test())


def test_nothing_but_the_signed_token_as_it_is_makes_a_customer() -> None:
    site, token, chance = Site("shop", frozenset(), SECRET.encode()), signed(MEI), random.Random(7)
    assert site.vouched(token, NOW).expires_at == NOW + 60
    for _ in range(2_000):
        place = chance.randrange(len(token) - 1)  # the last character has bits that say nothing
        other = chr(chance.choice((chance.randrange(128), chance.randrange(0x11000))))
        changed = token[:place] + other + token[place + chance.randrange(2) :]
        if changed != token:
            with pytest.raises(InvalidCustomerTokenError):
                site.vouched(changed, NOW)


def test_a_site_without_a_secret_vouches_for_nobody(db: Path) -> None:
    async def test() -> None:
        async with serving(db, now=lambda: NOW, sites=SITES) as server, stranger(server) as who:
            for secret in (SECRET, " " * 32):
                token = signed(MEI, secret)
                assert (await who.open(customer_token=token)).code == "invalid_token"

    run(test())


def test_each_sites_pages_serve_that_sites_customers_alone(db: Path) -> None:
    async def test() -> None:
        async with serving(db, sites=SITES) as server, client(server) as lin, stranger(server) as sam:
            lin.origin = SHOP
            for answer in (await lin.messages(), await lin.say("x"), await lin.open(token=lin.token)):
                assert (answer.status, answer.code) == (403, "origin_refused")
            assert (await sam.open(site="shop")).code == "origin_refused"
            sam.origin = SHOP
            assert (await sam.open(site="shop")).status == 200
            assert (await sam.say("hello")).status == 202
            await sam.sees(2)
            assert list(server.agent.saved) == [f"webchat:shop:{sam.visitor}"]
            for nobody in ("nowhere", 7, [], "", "../shop"):
                answer = await sam.open(site=nobody)
                assert (answer.status, answer.code) == (404, "not_found")

    run(test())


def test_one_address_makes_no_visitors_without_end(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBCHAT_VISITORS_PER_MINUTE", "3")
    now = NOW

    async def test() -> None:
        nonlocal now
        async with serving(db, now=lambda: now) as server, stranger(server) as who:
            answers = [await who.open() for _ in range(4)]
            assert [answer.status for answer in answers] == [200, 200, 200, 429]
            assert (await who.open(token=who.token)).status == 200, "who is known is not new"
            now += int(answers[-1].headers["retry-after"])
            assert (await who.open()).status == 200

    run(test())


def test_one_customer_holds_no_sessions_without_end(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MAX_SESSIONS", 3)
    now = NOW

    async def test() -> None:
        nonlocal now
        async with serving(db, now=lambda: now, sites=SITES) as server, stranger(server, origin=SHOP) as mei:
            tokens = []
            for _ in range(4):
                await mei.open(site="shop", customer_token=signed(MEI))
                tokens.append(mei.token)
                now += 1
            known = [(await mei.open(token=token)).status for token in tokens]
            assert known == [401, 200, 200, 200]

    run(test())


def test_what_is_configured() -> None:
    by_default = Sites.configured("default", None, {})
    assert by_default.allow("http://127.0.0.1:8000")
    assert by_default.allow("http://localhost:8000")
    environ = {
        "WEBCHAT_ALLOWED_ORIGINS": "https://a.example/, https://b.example",
        "WEBCHAT_SECRET_MY_SHOP": SECRET,
    }
    given = {"my-shop": {"origins": ["https://c.example"]}}
    sites = Sites.configured("default", given, environ)
    assert sites.get().origins == {"https://a.example", "https://b.example"}
    assert (sites.get("my-shop").origins, sites.get("my-shop").secret) == (
        {"https://c.example"},
        SECRET.encode(),
    )
    assert sites.allow("https://c.example")
    assert not sites.allow("http://127.0.0.1:8000")


@pytest.mark.parametrize(
    ("given", "environ"),
    [
        ({"shop": None}, {}),
        ({"shop": {"origins": "https://shop.example"}}, {}),
        ({"a shop": {"origins": []}}, {}),
        ({"x:y": {"origins": []}}, {}),
        ({"shop": {"origins": []}}, {"WEBCHAT_SECRET_SHOP": "short"}),
        ({"a-b": {"origins": []}, "a_b": {"origins": []}}, {}),
        ({"shop": {"origins": []}, "Shop": {"origins": []}}, {}),
    ],
)
def test_what_cannot_be_is_refused_at_the_start(given: Any, environ: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="webchat: "):
        Sites.configured("default", given, environ)


def test_sites_that_would_share_a_secret_are_named_with_it() -> None:
    with pytest.raises(ValueError, match="the sites a-b and a_b would share the secret WEBCHAT_SECRET_A_B"):
        Sites.configured("default", {"a-b": {"origins": []}, "a_b": {"origins": []}}, {})


def test_the_desk_hears_what_the_site_calls_its_customer(db: Path) -> None:
    async def test() -> None:
        async with (
            serving_visits() as visits,
            serving(db, now=lambda: NOW, sites=SITES, desk=visits.desk) as server,
            stranger(server, origin=SHOP) as mei,
        ):
            for name in ("Mei\n Lin ", "", "x" * 201, 7, None, "梅"):
                claims = {**MEI, "name": name}
                assert (await mei.open(site="shop", customer_token=signed(claims))).status == 200
            while len(visits.told) < 2:  # noqa: ASYNC110 -- nothing announces it
                await asyncio.sleep(0.01)
            named = [(sender, body) for sender, what, body in visits.told if what == "name"]
            sender = f"webchat:shop:{mei.visitor}"
            assert named == [
                (sender, {"channel": "webchat", "name": "Mei Lin"}),
                (sender, {"channel": "webchat", "name": "梅"}),
            ]

    run(test())


def test_visitors_of_the_first_version_are_known_further(db: Path) -> None:
    store = Store(db, lambda: NOW)
    token = Visitors(store, lambda: NOW).create("my_shop").token
    store.close()
    old = sqlite3.connect(db)
    (hashed, visitor) = old.execute("SELECT token_hash, visitor FROM session").fetchone()
    old.executescript(
        "DROP TABLE session; CREATE TABLE visitor (id TEXT PRIMARY KEY, token_hash TEXT, used_at REAL);"
        f"INSERT INTO visitor VALUES ('{visitor}', '{hashed}', {NOW});"
        f"INSERT INTO conversation (id) VALUES ('webchat:my_shop:{visitor}'), ('webchat:my_shop:other');"
        "PRAGMA user_version=1"
    )
    old.close()
    store = Store(db, lambda: NOW)
    known = Visitors(store, lambda: NOW).recognise(token)
    assert (known.id, known.site) == (visitor, "my_shop")
    store.close()
