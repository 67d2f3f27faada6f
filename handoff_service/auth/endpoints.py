"""`POST /auth/login`, `POST /auth/logout`."""

from fastapi import APIRouter, Request, Response

from handoff_service.agents.schemas import AgentOut
from handoff_service.auth.dependencies import (
    COOKIE,
    CSRF_HEADER,
    CorrelationId,
    InContext,
    WithPasswords,
)
from handoff_service.auth.schemas import LoginIn, LoginOut
from handoff_service.auth.service import log_in
from handoff_service.errors import Forbidden

router = APIRouter(tags=["log-in"])


@router.post("/auth/login")
def login(
    given: LoginIn,
    request: Request,
    response: Response,
    context: InContext,
    passwords: WithPasswords,
    correlation_id: CorrelationId,
) -> LoginOut:
    """A token for programs, and the same as a cookie for the desk. 429 after too many failures."""
    address = request.client.host if request.client else "unknown"
    done = log_in(
        context, passwords, given.email, given.password, address=address, correlation_id=correlation_id
    )
    lifetime = int(context.settings.token_lifetime.total_seconds())
    response.set_cookie(
        COOKIE,
        done.token,
        max_age=lifetime,
        path="/",
        httponly=True,
        samesite="strict",
        secure=context.settings.cookie_secure,
    )
    response.headers["Cache-Control"] = "no-store"
    return LoginOut(access_token=done.token, expires_in=lifetime, agent=AgentOut.of(done.agent))


@router.post("/auth/logout", status_code=204)
def logout(request: Request, response: Response, context: InContext) -> None:
    """Forget the cookie; also when it has expired already."""
    if "authorization" not in request.headers and request.headers.get(CSRF_HEADER) != "1":
        raise Forbidden(f"Logging out needs the header {CSRF_HEADER}: 1.")
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="strict", secure=context.settings.cookie_secure
    )
