"""The README's first conversation, as bash runs it against the real thing."""

import json

from tests.service.docs.pages import blocks


def test_the_first_conversation(bash):
    (step,) = (block.body for block in blocks("README.md", "bash first-conversation"))

    (answer,) = json.loads(bash.runs(step))

    assert "10023" in answer["text"]
