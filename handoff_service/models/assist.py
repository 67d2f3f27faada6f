"""What agents answered before, without anything personal in it: what suggestions are retrieved from.

It goes with the conversation that it is from: whoever deletes that row deletes these.
"""

import datetime as dt

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from handoff_service.models.base import Base


class AnswerPair(Base):
    """A customer's question and the agent's answer, both scrubbed; `number` is in commit order."""

    __tablename__ = "answer_pairs"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    language: Mapped[str]  # zh | en
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)


class AnswerSource(Base):
    """A conversation whose answers were taken up, and which of its ends that was."""

    __tablename__ = "answer_sources"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    resolved_at: Mapped[dt.datetime] = mapped_column(index=True)
