"""`explain`: why a conversation was handed over, or why not yet."""

import argparse

from handoff_service.cli.language import add_language
from handoff_service.cli.opening import Commands, opened
from handoff_service.conversations import repository
from handoff_service.errors import NotFound
from handoff_service.explaining.service import explain, explain_all
from handoff_service.models import Conversation
from handoff_service.sanitize import storable


def add_commands(commands: Commands) -> None:
    parser = commands.add_parser(
        "explain", help="tell in a sentence why a conversation was handed over, or why not yet"
    )
    parser.add_argument("conversation", help="its id, or a sender_id (its present or last conversation)")
    add_language(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--turn", type=int, metavar="N", help="the customer's n-th message, from 1")
    which.add_argument("--all", action="store_true", help="every message")
    parser.set_defaults(run=_explain)


def _explain(given: argparse.Namespace) -> None:
    name = storable(given.conversation)
    with opened() as context, context.database.reading() as session:
        conversation = (
            session.get(Conversation, name)
            or repository.live(session, name)
            or repository.latest(session, name)
        )
        if conversation is None:
            raise NotFound(f"There is no conversation {name}, and nobody with that sender_id.")
        if given.all:
            for each in explain_all(session, conversation, given.language):
                print(each.sentence)
        else:
            print(explain(session, conversation, given.language, given.turn).sentence)
