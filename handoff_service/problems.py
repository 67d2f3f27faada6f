"""Every error leaves as an RFC 9457 problem document; what the caller sent is never echoed."""

import re
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from handoff_service.errors import Problem
from handoff_service.sanitize import storable

MEDIA_TYPE = "application/problem+json"
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "Refused, as a problem document (RFC 9457)",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["type", "title", "status"],
                    "properties": {
                        "type": {"type": "string"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                        "errors": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
                                    "msg": {"type": "string"},
                                },
                            },
                        },
                    },
                }
            }
        },
    }
}
MAX_ERRORS = 20  # of a body with thousands of mistakes nobody reads more
_MAX_WORDS = 200

log = structlog.get_logger(__name__)


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


def problem(status: int, title: str, *, kind: str = "about:blank", **members: Any) -> ProblemResponse:
    """The document; members that are None are left out."""
    body = {"type": kind, "title": title, "status": status}
    body |= {name: value for name, value in members.items() if value is not None}
    return ProblemResponse(body, status)


def unexpected(correlation_id: str) -> ProblemResponse:
    """For a mistake of ours: no details, but the id to find it in the log."""
    return problem(500, "Something went wrong", correlation_id=correlation_id)


def kind_of(error: Problem) -> str:
    """The document's `type`."""
    return f"urn:baton:problem:{_kebab(type(error).__name__)}"


async def _on_problem(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, Problem)
    response = problem(
        error.status,
        error.title,
        kind=kind_of(error),
        detail=storable(error.detail) or None,
        **error.extra,
    )
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in error.extra:
        response.headers["Retry-After"] = str(error.extra["retry_after"])
    return response


async def _on_invalid(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return problem(400, "The body is not JSON", kind="urn:baton:problem:not-json")
    return problem(
        422,
        "The request has wrong values",
        kind="urn:baton:problem:unprocessable",
        errors=[
            {"loc": [_place(part) for part in each["loc"]], "msg": _cut(str(each["msg"]))}
            for each in found[:MAX_ERRORS]
        ],
    )


async def _on_http(request: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)
    try:
        title = HTTPStatus(error.status_code).phrase
    except ValueError:
        title = "Error"
    response = problem(error.status_code, title)
    response.headers.update(error.headers or {})
    return response


def _place(part: str | int) -> str | int:
    return part if isinstance(part, int) else _cut(part)


def _cut(words: str) -> str:
    return storable(words[:_MAX_WORDS])


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
