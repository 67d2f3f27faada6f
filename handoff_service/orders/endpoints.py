"""`GET /conversations/{id}/orders`."""

from typing import Any

from fastapi import APIRouter, Request

from handoff_service.auth.dependencies import InContext, SignedIn
from handoff_service.conversations.service import visible
from handoff_service.orders.schemas import OrdersOut
from handoff_service.sanitize import storable

router = APIRouter(tags=["customers"])


@router.get("/conversations/{conversation_id}/orders", response_model=OrdersOut)
def get_orders(conversation_id: str, request: Request, who: SignedIn, context: InContext) -> Any:
    """The customer's orders as the shop tells them, kept for a minute. The answer does not wait for the shop:
    `asking` means that it has been asked, and to ask here again in a moment."""
    with context.database.reading() as session:
        sender_id = visible(session, who, storable(conversation_id)).sender_id
    return request.app.state.orders.look(sender_id)
