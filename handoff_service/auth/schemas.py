"""Logging in, as it is asked for and answered."""

from typing import Annotated, Literal

from pydantic import Field

from handoff_service.agents.schemas import AgentOut
from handoff_service.schemas import Body, Text


class LoginIn(Body):
    email: Annotated[Text, Field(min_length=1, max_length=254)]
    password: Annotated[Text, Field(min_length=1, max_length=200)]


class LoginOut(Body):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a kind, not a secret
    expires_in: int  # seconds
    agent: AgentOut
