"""docs/api/take-over.md: its commands, run in their order by bash, with a customer beside it."""

import json
from pathlib import Path

from tests.e2e.waiting import eventually
from tests.service.docs.pages import blocks

STEPS = [block.body for block in blocks("docs/api/take-over.md", "bash take-over")]


def test_taking_over_by_api(bash, web, desk, owned):
    log_in, listen, take, read, answer, send_file, *rest = STEPS
    leave_note, transfer, give_back, resolve, resume, go_home = rest
    customer = web()
    customer.says("I want a human")
    waiting = owned(customer.sender_id, "queue")
    customer.answered(1)

    bash.runs(log_in)
    bash.runs(listen)
    stream = Path(bash.runs('echo "$HEADERS.events"'))
    eventually(lambda: stream.exists() and stream.read_text(), "the stream open")

    queued, claimed, mei = map(json.loads, bash.runs(take).splitlines())
    assert [conversation["id"] for conversation in queued["items"]] == [waiting["id"]]
    assert (claimed["owner"], claimed["assignee"]["name"]) == ("agent", "Mei")
    assert mei["presence"] == "online"
    assert "Mei" in customer.answered(1, "system")[0]

    history, summary, seen = map(json.loads, bash.runs(read).splitlines())
    assert "I want a human" in [message["text"] for message in history["items"]]
    assert summary["text"]
    assert seen["unread"] == 0

    said = json.loads(bash.runs(answer))
    assert customer.answered(1, "agent") == [said["text"]]

    sent, *receipt = bash.runs(send_file).splitlines()
    assert "\n".join(receipt).strip() == "Receipt for order 10025\nPaid: 59.00"
    assert [file["name"] for file in json.loads(sent)["attachments"]] == ["receipt.txt"]
    assert customer.answered(2, "agent")[-1] == "Your receipt."

    note = json.loads(bash.runs(leave_note))
    assert note["private"]

    passed_on, claimed = map(json.loads, bash.runs(transfer).splitlines())
    assert passed_on["owner"] == "queue"
    assert "refund" in passed_on["skills"]["required"]
    assert claimed["assignee"]["name"] == "Mei"

    returned = json.loads(bash.runs(give_back))
    assert returned["owner"] == "bot"
    eventually(lambda: "order 10025" in customer.texts("system")[-1], "told where things stand")
    customer.says("how much is shipping")
    eventually(lambda: "shipping" in customer.texts("bot")[-1].lower(), "the bot answers again")
    (first, *_) = desk.vera.http.get(f"/conversations/{waiting['id']}/handoffs").json()
    assert (first["outcome"], first["mark"], bool(first["category_id"])) == ("solved", "needed", True)

    claimed, resolved = map(json.loads, bash.runs(resolve).splitlines())
    assert claimed["owner"] == "agent"
    assert resolved["status"] == "resolved"
    eventually(lambda: resolved["updated_at"] in stream.read_text(), "all of it on the stream")
    events = stream.read_text()
    assert "event: message.added" in events
    assert said["id"] in events

    away, missed = bash.runs(resume).split("\n", 1)
    assert json.loads(away)["presence"] == "away"
    assert "event: agent.updated" in missed
    assert said["id"] not in missed, "only what came after"

    assert json.loads(bash.runs(go_home))["presence"] == "offline"
    assert not stream.exists()
    assert note["text"] not in customer.texts()
