"""The tables. Import `Base` and the rows from here; SQL that touches them lives in repositories."""

from handoff_service.models.assist import AnswerPair, AnswerSource
from handoff_service.models.base import Base, Counter
from handoff_service.models.care import Block, Rating
from handoff_service.models.contact import Contact, Mail
from handoff_service.models.conversation import Alert, Conversation, Handoff, Lapse, Turn
from handoff_service.models.message import (
    Attachment,
    DeadLetter,
    LostAnswer,
    Message,
    OutboxEntry,
    TrackerState,
)
from handoff_service.models.people import (
    Agent,
    Customer,
    Identity,
    Invitation,
    LoginAttempt,
    StoredHours,
    Team,
)
from handoff_service.models.record import (
    AuditEntry,
    DutyEntry,
    LearnedModel,
    RuleActivation,
    RuleDraft,
    RuleVersion,
    StreamEvent,
)
from handoff_service.models.replies import CannedAnswer, ChannelTemplates, ClosingCategory

__all__ = [
    "Agent",
    "Alert",
    "AnswerPair",
    "AnswerSource",
    "Attachment",
    "AuditEntry",
    "Base",
    "Block",
    "CannedAnswer",
    "ChannelTemplates",
    "ClosingCategory",
    "Contact",
    "Conversation",
    "Counter",
    "Customer",
    "DeadLetter",
    "DutyEntry",
    "Handoff",
    "Identity",
    "Invitation",
    "Lapse",
    "LearnedModel",
    "LoginAttempt",
    "LostAnswer",
    "Mail",
    "Message",
    "OutboxEntry",
    "Rating",
    "RuleActivation",
    "RuleDraft",
    "RuleVersion",
    "StoredHours",
    "StreamEvent",
    "Team",
    "TrackerState",
    "Turn",
]
