"""What has to be right before the service can work; what is wrong is said in one sentence."""

from pydantic import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from handoff_service.closing import service as closing
from handoff_service.context import Context
from handoff_service.db import Database
from handoff_service.migrations.runner import is_current
from handoff_service.rules.service import NoRules, active_rules, take_up_shipped
from handoff_service.settings import Settings


class StartProblem(Exception):
    """Starting makes no sense. The message is for the operator and holds no secrets."""


def load_settings() -> Settings:
    """From the environment."""
    try:
        return Settings()  # type: ignore[call-arg]  # the environment gives the rest
    except ValidationError as error:
        wrong = [_complaint(str(each["loc"][0]), each["type"], each["msg"]) for each in error.errors()]
        raise StartProblem(f"The settings are not usable: {'; '.join(wrong)}.") from None


def open_database(settings: Settings) -> Database:
    """Does not connect yet."""
    try:
        return Database(settings.database)
    except (ArgumentError, NoSuchModuleError) as error:
        raise StartProblem(
            "HANDOFF_DATABASE_URL is not the URL of a database that this service knows."
        ) from error


def check(context: Context) -> None:
    """The database answers and is migrated, and there are rules."""
    try:
        with context.database.reading() as session:
            current = is_current(session)
        if not current:
            raise StartProblem(
                "The database has not been brought to this version's tables: run ./handoff migrate first."
            )
        with context.work() as unit:
            take_up_shipped(unit)
            closing.take_up_shipped(unit)
            active_rules(unit)
    except SQLAlchemyError as error:
        raise StartProblem(database_trouble(context.settings, error)) from error
    except NoRules as error:
        raise StartProblem(str(error)) from error


def database_trouble(settings: Settings, error: SQLAlchemyError) -> str:
    reason = str(getattr(error, "orig", None) or type(error).__name__).strip().partition("\n")[0]
    shown = make_url(settings.database).render_as_string(hide_password=True)
    return f"The database {shown} cannot be used: {reason}."


def _complaint(place: str, kind: str, message: str) -> str:
    name = place if place.isupper() else f"HANDOFF_{place.upper()}"
    if kind == "missing":
        return f"{name} is not set"
    if kind == "too_short":
        return f"{name} is too short"
    return f"{name}: {message[:1].lower()}{message[1:]}"
