"""Invitations, as they are given out and taken up."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, Field

from handoff_service.agents.schemas import Password
from handoff_service.schemas import Body, Text

Secret = Annotated[Text, Field(min_length=1, max_length=128)]


class InvitationOut(BaseModel):
    """`secret` is told this once. The console takes it in the fragment of an address, which browsers send to
    nobody: `/#/join/<secret>`."""

    secret: str
    expires_at: dt.datetime


class InvitationLook(Body):
    secret: Secret


class InvitedOut(BaseModel):
    """Whom the link is for."""

    name: str
    email: str
    expires_at: dt.datetime


class InvitationAccept(Body):
    secret: Secret
    password: Password
