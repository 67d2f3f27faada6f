"""Files of agents and customers: in with who they are, out to who may see them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from handoff_service.attachments import service, showing
from handoff_service.attachments.errors import NotPlayable
from handoff_service.attachments.receiving import BODY, received
from handoff_service.attachments.schemas import AttachmentView
from handoff_service.attachments.sending import file_response, sound_response
from handoff_service.attachments.storage import Storage
from handoff_service.attachments.using import CUSTOMER
from handoff_service.attachments.voices import DECODED, TYPE, Voices
from handoff_service.auth.dependencies import FromAssistant, SignedIn
from handoff_service.context import context_of
from handoff_service.conversations import service as conversations
from handoff_service.sanitize import storable

router = APIRouter(tags=["attachments"])
links = APIRouter()

FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {"application/octet-stream": {}}},
    206: {"description": "The range of it that was asked for"},
}
Name = Annotated[str, Query(max_length=500, description="where the body is the file itself")]
ClientId = Annotated[str | None, Query(max_length=64, description="the same again is the same file")]


def storage_of(request: Request) -> Storage:
    storage: Storage = request.app.state.storage
    return storage


@router.post(
    "/conversations/{conversation_id}/attachments",
    response_model=AttachmentView,
    response_model_exclude_none=True,
    status_code=201,
    openapi_extra=BODY,
)
async def post_attachment(
    conversation_id: str, request: Request, who: SignedIn, name: Name = "", client_id: ClientId = None
) -> Any:
    """Upload a file for a message to come; `attachments: [id]` of the message or note then shows it. 413 when
    it is too large, 415 when its contents are of no accepted type, 422 for an image of too many pixels.
    """
    context = context_of(request)

    def found() -> tuple[str, str]:
        with context.database.reading() as session:
            conversation = conversations.writable(session, who, storable(conversation_id))
            return conversation.id, conversation.sender_id

    found_id, sender_id = await run_in_threadpool(found)
    async with received(request, name, client_id) as upload:
        stored = await run_in_threadpool(
            service.take_in,
            context,
            storage_of(request),
            upload,
            sender_id=sender_id,
            uploader=f"agent:{who.id}",
            conversation_id=found_id,
        )
    return showing.at_desk(showing.shown(stored))


@router.post(
    "/visits/{sender_id}/attachments",
    response_model=AttachmentView,
    response_model_exclude_none=True,
    status_code=201,
    openapi_extra=BODY,
)
async def post_visitor_attachment(
    sender_id: str, request: Request, _key: FromAssistant, name: Name = "", client_id: ClientId = None
) -> Any:
    """A customer's file, handed on by their channel; the metadata `attachments` of the message then names it.
    `url` is a link for the customer, which expires. 413 `too-much-unsent` when too much of theirs waits for a
    message."""
    context = context_of(request)
    async with received(request, name, client_id) as upload:
        stored = await run_in_threadpool(
            service.take_in,
            context,
            storage_of(request),
            upload,
            sender_id=storable(sender_id)[:500],
            uploader=CUSTOMER,
            conversation_id=None,
        )
    link = showing.customer_url(context.settings, stored.id, context.clock())
    return {**showing.shown(stored), "url": link}


@router.get("/attachments/{attachment_id}", response_class=Response, responses=FILE)
def get_attachment(attachment_id: str, request: Request, who: SignedIn) -> Response:
    """The file, for agents who may see its conversation. Ranges are answered, so that audio can be wound."""
    with context_of(request).database.reading() as session:
        attachment = service.visible(session, who, storable(attachment_id))
    return file_response(storage_of(request), attachment, request.headers, keep="max-age=3600, immutable")


@router.get("/attachments/{attachment_id}/sound", response_class=Response, responses=FILE)
def get_sound(attachment_id: str, request: Request, who: SignedIn) -> Response:
    """A voice message as every browser plays it: AMR as WAV, all else as it is. 422 where that cannot be
    done; the file itself can be had all the same."""
    with context_of(request).database.reading() as session:
        attachment = service.visible(session, who, storable(attachment_id))
    keep = "max-age=3600, immutable"
    if attachment.type not in DECODED:
        return file_response(storage_of(request), attachment, request.headers, keep=keep)
    voices: Voices = request.app.state.voices
    return sound_response(attachment, voices.wav(attachment), TYPE, request.headers, keep=keep)


@links.get("/files/{attachment_id}/{expires}/{signature}", include_in_schema=False)
def get_file(attachment_id: str, expires: int, signature: str, request: Request) -> Response:
    """The file, for who has a link to it that was signed and has not expired."""
    context = context_of(request)
    with context.database.reading() as session:
        attachment = service.linked(
            session, context.settings, storable(attachment_id), expires, signature, context.clock()
        )
    # asked for anew each time it is shown: it may have been taken back
    return file_response(storage_of(request), attachment, request.headers, keep="no-cache")


@links.get("/files/{attachment_id}/{expires}/{signature}/sound", include_in_schema=False)
def get_sound_of_file(attachment_id: str, expires: int, signature: str, request: Request) -> Response:
    """The same as every browser plays it. Only of an agent's: a stranger's file is decoded for agents alone,
    so that none can keep the decoder busy."""
    context = context_of(request)
    with context.database.reading() as session:
        attachment = service.linked(
            session, context.settings, storable(attachment_id), expires, signature, context.clock()
        )
    if attachment.uploader == CUSTOMER or attachment.type not in DECODED:
        raise NotPlayable()
    voices: Voices = request.app.state.voices
    return sound_response(attachment, voices.wav(attachment), TYPE, request.headers, keep="no-cache")
