"""Taking files in, and giving them to who may have them.

A file is stored in three steps, so that a crash leaves nothing that nobody knows of: a row that expires, the
file itself outside any transaction, the row marked as stored. A message that shows it takes the expiry away
(`using`); the `sweeper` removes what no message came to show.
"""

import datetime as dt
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy.orm import Session

from handoff_service.attachments import links, repository
from handoff_service.attachments.errors import (
    AttachmentNotFound,
    EmptyFile,
    FileTooLarge,
    ImageTooLarge,
    TooMuchUnsent,
    TypeRefused,
)
from handoff_service.attachments.naming import safe_name
from handoff_service.attachments.sniffing import IMAGES, dimensions, sniff
from handoff_service.attachments.storage import Storage
from handoff_service.attachments.using import CUSTOMER
from handoff_service.auth.dependencies import Principal
from handoff_service.context import Context
from handoff_service.conversations.messages import visibility
from handoff_service.conversations.view import may_see
from handoff_service.errors import Conflict
from handoff_service.models import Attachment, Conversation
from handoff_service.models.base import new_id
from handoff_service.settings import Settings
from handoff_service.unit import Unit


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came. `name` is what its sender calls it."""

    file: BinaryIO
    size: int
    name: str
    client_id: str | None = None


def take_in(
    context: Context,
    storage: Storage,
    upload: Upload,
    *,
    sender_id: str,
    uploader: str,
    conversation_id: str | None,
) -> Attachment:
    """Check and store a file; the same `client_id` again is the same file. Not within a transaction."""
    kind, size = _checked(context.settings, upload)
    with context.work(uploader) as unit:
        row = _row(unit, upload, sender_id, uploader, conversation_id)
        if row.state == "stored":
            return row
        row.name, row.type, row.size = safe_name(upload.name, kind), kind, upload.size
        row.width, row.height = size or (None, None)
        if uploader == CUSTOMER:
            _expect_room(unit, row)
    storage.put(row.id, upload.file)
    with context.work(uploader) as unit:
        if not repository.arrived(unit.session, row.id):
            raise Conflict("The upload took too long. Send the file again.")
    row.state = "stored"
    return row


def visible(session: Session, who: Principal, attachment_id: str) -> Attachment:
    """A file of a conversation that the agent may see, or one that they have not sent yet."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.state not in ("stored", "withdrawn"):
        raise AttachmentNotFound()
    if attachment.expires_at is not None:
        if attachment.uploader != f"agent:{who.id}":
            raise AttachmentNotFound()
        return attachment
    conversation = session.get(Conversation, attachment.conversation_id)
    if conversation is None or not may_see(who.role, who.id, visibility(session, conversation), who.leads):
        raise AttachmentNotFound()
    return attachment


def linked(
    session: Session, settings: Settings, attachment_id: str, expires: int, signature: str, now: dt.datetime
) -> Attachment:
    """The file of a signed link. One that is forged, no longer valid, or whose message was taken back, leads
    nowhere."""
    key = settings.service_key.get_secret_value()
    if not links.valid(key, attachment_id, expires, signature, now.timestamp()):
        raise AttachmentNotFound()
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.state != "stored":
        raise AttachmentNotFound()
    return attachment


def _checked(settings: Settings, upload: Upload) -> tuple[str, tuple[int, int] | None]:
    """The type, and the size of an image."""
    if upload.size == 0:
        raise EmptyFile()
    if upload.size > settings.max_attachment_bytes:
        raise FileTooLarge(
            f"At most {settings.max_attachment_bytes} bytes.", limit=settings.max_attachment_bytes
        )
    kind = sniff(upload.file, upload.size)
    if kind is None or kind not in settings.attachment_types:
        raise TypeRefused(f"It contains {kind}." if kind else "It is not known what it contains.")
    if kind not in IMAGES:
        return kind, None
    size = dimensions(upload.file)
    if size is None:
        raise TypeRefused("It begins like an image and is none.")
    if size[0] * size[1] > settings.max_image_pixels:
        raise ImageTooLarge(f"At most {settings.max_image_pixels} pixels.", limit=settings.max_image_pixels)
    return kind, size


def _expect_room(unit: Unit, row: Attachment) -> None:
    """Customers are strangers: what they upload and do not send must not fill the disk."""
    most = unit.settings.max_unsent_bytes
    unit.session.flush()
    if repository.bytes_unused(unit.session, row.sender_id, row.uploader) > most:
        raise TooMuchUnsent(f"At most {most} bytes wait to be sent.", limit=most)


def _row(
    unit: Unit, upload: Upload, sender_id: str, uploader: str, conversation_id: str | None
) -> Attachment:
    """A new row, or that of an earlier attempt with the same client id."""
    known = (
        repository.by_client_id(unit.session, sender_id, uploader, upload.client_id)
        if upload.client_id
        else None
    )
    if known is not None and known.state != "removing":
        return known
    row = Attachment(
        id=new_id(),
        sender_id=sender_id,
        conversation_id=conversation_id,
        uploader=uploader,
        client_id=upload.client_id if known is None else None,
        state="arriving",
        created_at=unit.now,
        expires_at=unit.now + unit.settings.attachments_kept_unused,
    )
    unit.session.add(row)
    return row
