"""What the API takes and gives of files."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from handoff_service.schemas import STORABLE

AttachmentId = Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE]
MOST = 10
"""Files of one message: more is an archive, and no conversation."""


class AttachmentView(BaseModel):
    """`type` is what the file contains. `width` and `height`: of images. `url`: for who called. `sound_url`:
    of a voice message that browsers do not play as it is."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None
    url: str
    sound_url: str | None = None
