"""`GET /channels`."""

from fastapi import APIRouter

from handoff_service.auth.dependencies import InContext, SignedIn
from handoff_service.channels.schemas import ChannelOut, ChannelsOut
from handoff_service.channels.table import CHANNELS, DEFAULT

router = APIRouter(prefix="/channels", tags=["channels"])


@router.get("")
def list_channels(_who: SignedIn, context: InContext) -> ChannelsOut:
    """What each channel can do: how long a message may be, whether one can be taken back, and more."""
    within = context.settings.recall_within
    return ChannelsOut(
        channels=[ChannelOut.of(channel, within) for channel in CHANNELS.values()],
        default=ChannelOut.of(DEFAULT, within),
    )
