"""Every setting of the service, in one place, read from the environment (`HANDOFF_…`)."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    InstanceOf,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from handoff_service.hours.business_hours import BusinessHours, parse_business_hours, parse_time_zone
from handoff_service.mail.server import parse_sender, parse_smtp_url

# What people send each other at a service desk, and a browser there can show. Archives are left out: nobody
# can look into them.
ACCEPTED = (
    *("image/png", "image/jpeg", "image/gif", "image/webp"),
    "video/mp4",
    *("audio/mpeg", "audio/ogg", "audio/wav", "audio/mp4", "audio/amr", "audio/webm"),
    *("application/pdf", "text/plain"),
    *("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
)


def _strings(*default: str) -> frozenset[str]:
    return frozenset(default)


def _seconds(value: object) -> object:
    """A plain number is one of seconds, in the environment too, where all values are texts."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _business_hours(value: object) -> object:
    return parse_business_hours(value) if isinstance(value, str) else value


def _time_zone(value: object) -> object:
    return parse_time_zone(value) if isinstance(value, str) else value


Duration = Annotated[dt.timedelta, BeforeValidator(_seconds)]


class Settings(BaseSettings):
    """Durations are given in seconds or as ISO 8601 (`PT2M`)."""

    model_config = SettingsConfigDict(env_prefix="HANDOFF_", extra="ignore", frozen=True)

    # --- where things are -------------------------------------------------------------------------
    data_dir: Path = Field(Path("var"), validation_alias=AliasChoices("BATON_DATA_DIR", "data_dir"))
    database_url: str = ""  # default: SQLite in the data folder
    rules_file: Path | None = None  # set: the rules are this file's, not the desk's to change
    rasa_url: str = Field("http://127.0.0.1:5005", validation_alias=AliasChoices("RASA_URL", "rasa_url"))
    webchat_url: str = "http://127.0.0.1:5005"  # where the customer's browser finds Rasa's webchat
    public_url: str = "http://127.0.0.1:8000"  # where customers find this service: links to files begin so

    # --- secrets ----------------------------------------------------------------------------------
    service_key: SecretStr = Field(min_length=16)
    token_secret: SecretStr = Field(min_length=32)
    rasa_jwt_secret: SecretStr = Field(
        min_length=32, validation_alias=AliasChoices("RASA_JWT_SECRET", "rasa_jwt_secret")
    )
    cookie_secure: bool = False  # set it where the desk is reached by https

    # --- assigning (how long, and why that long) ----------------------------------------------------
    relax_after: Duration = dt.timedelta(seconds=120)  # two minutes: what people wait before they leave
    age_step: Duration = dt.timedelta(minutes=10)  # each raises a waiting conversation by one priority
    reply_within: Duration = dt.timedelta(seconds=120)  # an agent who says nothing that long loses it
    lapses_until_away: int = 2  # once may be a phone call, twice is an empty chair
    auto_away_after: Duration = dt.timedelta(minutes=15)  # longer than reading, shorter than a lunch
    line_lost_after: Duration = dt.timedelta(minutes=2)  # longer than a lost network or a restart
    requeue_after: Duration = dt.timedelta(minutes=5)  # offline for longer is no lost connection any more
    answer_target: Duration = dt.timedelta(seconds=60)  # the wall's service level: first answered within it
    mean_handling: Duration = dt.timedelta(minutes=5)  # a first estimate of the wait per conversation

    # --- when people work ---------------------------------------------------------------------------
    business_hours: Annotated[BusinessHours, NoDecode, BeforeValidator(_business_hours)] = BusinessHours()
    time_zone: Annotated[InstanceOf[dt.tzinfo], NoDecode, BeforeValidator(_time_zone)] = dt.UTC

    # --- the waiting and the silent customer --------------------------------------------------------
    remind_every: Duration = dt.timedelta(seconds=60)  # one acknowledgement a minute, however much is typed
    idle_after: Duration = dt.timedelta(minutes=10)  # then the customer is asked whether they are there
    left_after: Duration = dt.timedelta(minutes=10)  # after that: as long again, and they have left
    outside_channels: Annotated[frozenset[str], NoDecode] = frozenset()  # whose people answer elsewhere
    # where a reminder is too dear
    scarce_channels: Annotated[frozenset[str], NoDecode] = _strings("wechat", "wechat_mini", "wecom")
    snooze_at_most: Duration = dt.timedelta(days=30)  # longer than that nobody remembers what it was about
    follow_up_within: Duration = dt.timedelta(minutes=30)  # what is said so soon is about what was resolved

    # --- messages that customers leave, and mail ----------------------------------------------------
    message_channels: Annotated[frozenset[str], NoDecode] = _strings("webchat")  # whose page has the form
    message_due_after: Duration = dt.timedelta(hours=24)  # of business hours
    smtp_url: SecretStr | None = None  # unset: no mail goes out
    mail_from: str = ""  # "Name <address>"
    mail_after: Duration = dt.timedelta(minutes=5)  # unread for so long: they have left the page
    mail_give_up_after: Duration = dt.timedelta(hours=24)  # of trying in vain: by then it is no news
    mail_link_lifetime: Duration = dt.timedelta(days=7)
    chat_url: str = ""  # the page that the mail's link opens; default: our own below public_url

    # --- customers ----------------------------------------------------------------------------------
    agents_may_block: bool = False  # else supervisors alone
    ask_rating: bool = True  # how satisfied the customer is with a human stretch, once after it
    unrated_channels: Annotated[frozenset[str], NoDecode] = frozenset()  # where it is not asked all the same
    rating_card_channels: Annotated[frozenset[str], NoDecode] = _strings("webchat")  # show it by themselves
    shop_url: str = Field("", validation_alias=AliasChoices("SHOP_URL", "shop_url"))
    shop_token: SecretStr = Field(SecretStr(""), validation_alias=AliasChoices("SHOP_TOKEN", "shop_token"))
    rating_open_for: Duration = dt.timedelta(hours=24)  # who has not answered by the next day will not

    # --- help for the agent -------------------------------------------------------------------------
    faq_file: Path | None = None  # the bot's own answers, exported from the assistant
    assist_url: str = ""  # an OpenAI-compatible endpoint that words suggestions better; off without
    assist_key: SecretStr = SecretStr("")
    assist_model: str = ""

    # --- Rasa ---------------------------------------------------------------------------------------
    pause_grace: Duration = dt.timedelta(seconds=3)  # the action's own pause comes within 0.5 s
    rasa_timeout: Duration = dt.timedelta(seconds=10)  # a turn may hold the lock for a few seconds
    echo_within: Duration = dt.timedelta(seconds=2)  # then an ambiguous send is looked up
    idempotent_channels: Annotated[frozenset[str], NoDecode] = _strings(
        "webchat", "wechat", "wechat_mini", "wecom", "whatsapp", "lanying"
    )  # drop a repeated id
    recall_within: Duration = dt.timedelta(minutes=2)  # later, most have read it
    deaf_channels: Annotated[frozenset[str], NoDecode] = _strings("rest", "cmdline")  # cannot be pushed to

    # --- files --------------------------------------------------------------------------------------
    max_attachment_bytes: int = 20 * 1024 * 1024  # a long scan, a film of a minute
    max_image_pixels: int = 50_000_000  # the largest of today's phones; a bomb has billions
    attachment_types: Annotated[frozenset[str], NoDecode] = _strings(*ACCEPTED)
    max_unsent_bytes: int = 50 * 1024 * 1024  # of one customer's uploads: what ten photos and a scan need
    attachments_kept_unused: Duration = dt.timedelta(hours=24)  # then whoever chose it no longer sends it
    file_link_lifetime: Duration = dt.timedelta(hours=24)  # whoever gets it by chat may look tomorrow morning
    s3_bucket: str = ""  # set: files are there and not in the data folder
    s3_prefix: str = ""
    s3_endpoint: str = ""  # unset: Amazon's
    s3_region: str = "us-east-1"
    s3_access_key_id: str = ""
    s3_secret_access_key: SecretStr = SecretStr("")

    # --- limits -------------------------------------------------------------------------------------
    max_body_bytes: int = 8 * 1024 * 1024  # an ingest batch of 200 long events fits
    token_lifetime: Duration = dt.timedelta(hours=10)  # one working day
    invitation_lifetime: Duration = dt.timedelta(days=3)  # over a weekend

    @field_validator("rules_file", "faq_file", "smtp_url", mode="before")
    @classmethod
    def _none_when_empty(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator(
        "idempotent_channels",
        "deaf_channels",
        "scarce_channels",
        "outside_channels",
        "message_channels",
        "attachment_types",
        "unrated_channels",
        "rating_card_channels",
        mode="before",
    )
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return frozenset(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.smtp_url is not None:
            parse_smtp_url(self.smtp_url.get_secret_value())
            parse_sender(self.mail_from)
        return self

    @property
    def chat_page(self) -> str:
        return self.chat_url or f"{self.public_url.rstrip('/')}/chat"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'handoff.db'}"
