"""The connectors to WeChat and WeCom are killed again and again while customers write: nothing is lost,
doubled or out of order."""

import itertools
import time
from pathlib import Path
from typing import Any

from channels.wechat import WechatInput
from channels.wecom import WecomInput
from tests.assistant.provider_kills import killed_at_random, run
from tests.emulators import wechat, wecom
from tests.emulators.steering import until_taken
from tests.emulators.wechat import WechatEmulator
from tests.emulators.wecom import WecomEmulator


class Wechat:
    """As `provider_kills.Network`."""

    name = "wechat"

    def __init__(self, provider: WechatEmulator) -> None:
        self.provider = provider

    def connector(self, path: Path) -> WechatInput:
        return WechatInput(
            app_id=wechat.APP_ID,
            app_secret=wechat.SECRET,
            token=wechat.TOKEN,
            encoding_aes_key=wechat.AES_KEY,
            api=self.provider.url,
            customer_service=True,
            path=path,
        )

    def at(self, url: str) -> None:
        self.provider.hook = f"{url}/webhooks/wechat/webhook"

    async def writes(self, customer: int, line: str, number: int) -> None:
        given = {"FromUserName": f"customer{customer}", "ToUserName": wechat.ACCOUNT, "CreateTime": "1"}
        given |= {"MsgType": "text", "MsgId": f"{customer}{number:03}", "Content": line}
        self.provider.opened(given["FromUserName"], "message")
        await until_taken(self.provider, given)

    def said_to(self, customer: int) -> list[str]:
        return said(self.provider.messages, f"customer{customer}")


class Wecom:
    """As `provider_kills.Network`."""

    name = "wecom"

    def __init__(self, provider: WecomEmulator) -> None:
        self.provider = provider

    def connector(self, path: Path) -> WecomInput:
        return WecomInput(
            corp_id=wecom.CORP,
            secret=wecom.SECRET,
            token=wecom.TOKEN,
            encoding_aes_key=wecom.AES_KEY,
            api=self.provider.url,
            path=path,
        )

    def at(self, url: str) -> None:
        self.provider.hook = f"{url}/webhooks/wecom/webhook"

    async def writes(self, customer: int, line: str, number: int) -> None:
        item = {"msgtype": "text", "text": {"content": line}, "external_userid": f"customer{customer}"}
        self.provider.there_is(3, item, f"{customer}.{number}")
        event = {"MsgType": "event", "Event": "kf_msg_or_event", "Token": "", "OpenKfId": wecom.ACCOUNT}
        await until_taken(self.provider, event)

    def said_to(self, customer: int) -> list[str]:
        return said(self.provider.messages, f"customer{customer}")


def said(messages: list[dict[str, Any]], customer: str) -> list[str]:
    """Line by line; a message that came twice in a row counts once."""
    texts = [each["text"]["content"] for each in messages if each["touser"] == customer]
    return [line for text, _ in itertools.groupby(texts) for line in text.split("\n")]


def test_wechat_killed_at_random_points_loses_doubles_and_confuses_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with WechatEmulator(time.time, aes=True).running() as provider:
            await killed_at_random(Wechat(provider), tmp_path)

    run(scenario())


def test_wecom_killed_at_random_points_loses_doubles_and_confuses_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with WecomEmulator(time.time).running() as provider:
            await killed_at_random(Wecom(provider), tmp_path)

    run(scenario())
