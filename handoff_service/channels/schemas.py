"""A channel as agents see it."""

import datetime as dt
from typing import Self

from pydantic import BaseModel

from handoff_service.channels.table import Channel


class ChannelOut(BaseModel):
    """`max_length`: characters of one message. `recall_seconds`: for how long after it was sent a message can
    be taken back; None where it cannot."""

    channel: str
    max_length: int
    recall_seconds: int | None
    buttons: bool
    attachments: bool

    @classmethod
    def of(cls, channel: Channel, recall_within: dt.timedelta) -> Self:
        return cls(
            channel=channel.name,
            max_length=channel.max_length,
            recall_seconds=int(recall_within.total_seconds()) if channel.recall else None,
            buttons=channel.buttons,
            attachments=channel.attachments,
        )


class ChannelsOut(BaseModel):
    """`default` is what holds for a channel that is not listed; its name is empty."""

    channels: list[ChannelOut]
    default: ChannelOut
