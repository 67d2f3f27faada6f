"""What a customer's client is refused, and how it is told: `{error: {code, message}}`."""


class RefusedError(Exception):
    """An expected refusal, as the client gets it. `retry_after`: seconds until it is worth trying again."""

    status = 400
    code = "invalid_payload"

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


class InvalidPayload(RefusedError):
    """The client is wrong; sending the same again never helps."""


class EmptyMessage(RefusedError):
    code = "empty"


class InvalidContact(RefusedError):
    """Neither an e-mail address nor a telephone number, or one that is none."""

    code = "invalid_contact"


class InvalidToken(RefusedError):
    status = 401
    code = "invalid_token"


class Blocked(RefusedError):
    """Nobody serves this customer for now; the state's `blocked` says so too."""

    status = 403
    code = "blocked"


class OriginRefused(RefusedError):
    status = 403
    code = "origin_refused"


class NotFound(RefusedError):
    status = 404
    code = "not_found"


class NotWaiting(RefusedError):
    status = 409
    code = "not_waiting"


class AlreadyRated(RefusedError):
    status = 409
    code = "already_rated"


class WithAgent(RefusedError):
    """Nobody leaves a message for somebody who is there."""

    status = 409
    code = "with_agent"


class TooLong(RefusedError):
    """A text over its limit."""

    status = 413
    code = "too_long"


class TooLarge(RefusedError):
    """A body over its limit."""

    status = 413
    code = "too_large"


class TooMuchUnsent(RefusedError):
    """Files that were uploaded and not sent."""

    status = 413
    code = "too_much_unsent"


class TypeRefused(RefusedError):
    """A file of a type that is not accepted, by its contents."""

    status = 415
    code = "type_refused"


class SlowDown(RefusedError):
    status = 429
    code = "slow_down"


class Unavailable(RefusedError):
    """Nothing was stored; the same call may succeed later."""

    status = 503
    code = "unavailable"
