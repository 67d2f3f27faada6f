"""Named refusals. One handler (in `app.py`) renders each as an RFC 9457 problem document."""

from typing import Any


class Problem(Exception):
    """An expected refusal: not a crash, and told to the caller as it is."""

    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra = extra


class BadRequest(Problem):
    status = 400
    title = "The request could not be understood"


class NotAuthenticated(Problem):
    status = 401
    title = "Log in first"


class Forbidden(Problem):
    """For refusals about the kind of call; what somebody may not *see* is a `NotFound`."""

    status = 403
    title = "Not allowed"


class NotFound(Problem):
    status = 404
    title = "Not found"


class Conflict(Problem):
    status = 409
    title = "Somebody was faster, or the state has changed"


class TooLarge(Problem):
    status = 413
    title = "Too large"


class Unprocessable(Problem):
    status = 422
    title = "The request has wrong values"


class TooMany(Problem):
    """`retry_after`, in seconds, becomes the header of that name."""

    status = 429
    title = "Too many at once"
