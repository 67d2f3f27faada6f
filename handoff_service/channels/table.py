"""The channels and what they can do: one row each, as data. Pure.

The lengths of other networks are those that their own documentation gives.
"""

from dataclasses import dataclass

MAX_TEXT = 10_000  # the most that the service takes from an agent at once


@dataclass(frozen=True, slots=True)
class Channel:
    """`max_length`: characters of one message. `recall`: a message can be taken back where it is shown.
    `attachments`: files are read from a message's metadata; other channels get links to them in the text."""

    name: str
    max_length: int = MAX_TEXT
    recall: bool = False
    buttons: bool = False
    attachments: bool = False


DEFAULT = Channel("")
"""What is assumed of a channel that is not in the table."""

CHANNELS = {
    channel.name: channel
    for channel in (
        Channel("webchat", recall=True, buttons=True, attachments=True),
        Channel("lanying", recall=True, attachments=True),
        Channel("whatsapp", max_length=4_096, buttons=True, attachments=True),
        # Longer texts go as several messages, each of which counts: 2,048 bytes, 680 Chinese characters.
        Channel("wechat", max_length=680, buttons=True, attachments=True),
        Channel("wechat_mini", max_length=680, attachments=True),
        Channel("wecom", max_length=680, buttons=True, attachments=True),
        Channel("rest"),
        Channel("cmdline"),
        Channel("facebook", max_length=2_000, buttons=True),
        Channel("telegram", max_length=4_096, buttons=True),
        Channel("twilio", max_length=1_600),
        Channel("rocketchat", max_length=5_000),
    )
}


def channel_of(name: str) -> Channel:
    return CHANNELS.get(name, DEFAULT)
