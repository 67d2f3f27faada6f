"""The token of a mail's link, and whom it leads back."""

from typing import Annotated

from pydantic import BaseModel, Field

from handoff_service.schemas import STORABLE, Body


class ResumeIn(Body):
    token: Annotated[str, Field(min_length=1, max_length=512), STORABLE]


class ResumeOut(BaseModel):
    sender_id: str
