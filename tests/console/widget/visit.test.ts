// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import type { Item, Message } from "@widget/protocol/types";
import { Timeline } from "@widget/visit/timeline";
import { Visit } from "@widget/visit/visit";
import { rowsOf, type MessageRow } from "@widget/visit/rows";

const message = (number: number, more: Partial<Message> = {}): Message => ({
  number,
  id: `m${number}`,
  author: "bot",
  text: `message ${number}`,
  sent_at: "2026-03-02T09:00:00Z",
  ...more,
});

beforeEach(() => localStorage.clear());

describe("the timeline", () => {
  it("shows each number once and in order, however it comes", () => {
    const timeline = new Timeline();
    for (const number of [2, 1, 2, 4, 3, 3, 1]) timeline.add(message(number));
    expect(timeline.messages.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  it("resumes before a gap", () => {
    const timeline = new Timeline();
    for (const number of [1, 2, 4]) timeline.add(message(number));
    expect(timeline.last).toBe(2);
    timeline.add(message(3));
    expect(timeline.last).toBe(4);
  });

  it("orders by number, whatever the clocks say", () => {
    const timeline = new Timeline();
    timeline.add(message(1, { sent_at: "2026-03-02T10:00:00Z" }));
    timeline.add(message(2, { sent_at: "2026-03-02T08:00:00Z" }));
    expect(timeline.messages.map(({ id }) => id)).toEqual(["m1", "m2"]);
  });

  it("works a recall into the message, also when it comes first", () => {
    const timeline = new Timeline();
    const items: Item[] = [{ number: 3, replaces: "m1", recalled: true }, message(1), message(2)];
    items.forEach((item) => timeline.add(item));
    expect(timeline.messages.map(({ recalled }) => !!recalled)).toEqual([true, false]);
    expect(timeline.last).toBe(3);
  });

  it("asks no more once it was said in another tab whether an answer helped", () => {
    const timeline = new Timeline();
    const items: Item[] = [message(1, { feedback: "ask" }), { number: 2, replaces: "m1", feedback: "unsolved" }];
    items.forEach((item) => timeline.add(item));
    expect(timeline.messages).toEqual([message(1, { feedback: "unsolved" })]);
  });
});

describe("a visit", () => {
  it("keeps what is unsent over a reload, in the order of writing, and forgets it once the server has it", () => {
    const visit = new Visit("place");
    const first = visit.wrote({ text: "one" });
    visit.wrote({ text: "two" });
    expect(new Visit("place").unsent.waiting.map(({ text }) => text)).toEqual(["one", "two"]);
    visit.mark(first, "sent");
    expect(new Visit("place").unsent.all.map(({ text }) => text)).toEqual(["two"]);
    expect(visit.unsent.all.map(({ state }) => state)).toEqual(["sent", "waiting"]);
  });

  it("keeps what two tabs write at the same time", () => {
    const [one, other] = [new Visit("place"), new Visit("place")];
    one.wrote({ text: "from one" });
    other.wrote({ text: "from the other" });
    expect(new Visit("place").unsent.all.map(({ text }) => text).sort()).toEqual(["from one", "from the other"]);
  });

  it("shows a message once when its copy comes before the acknowledgement", () => {
    const visit = new Visit("place");
    const entry = visit.wrote({ text: "hello" });
    visit.received([message(1, { author: "customer", client_id: entry.client_id })]);
    visit.mark(entry, "sent");
    expect(visit.unsent.all).toEqual([]);
    expect(new Visit("place").unsent.all).toEqual([]);
  });

  it("keeps the visits of two sites, and of customers a site has signed, apart", () => {
    const visit = new Visit("place");
    visit.opened({ token: "t", visitor: "v", last: 0 });
    visit.wrote({ text: "mine" });
    expect(new Visit("place").token).toBe("t");
    expect(new Visit("elsewhere").token).toBe(null);
    const signed = new Visit("place", "customer 7");
    expect([signed.token, signed.unsent.all.length]).toEqual([null, 0]);
    signed.opened({ token: "secret", visitor: "w", last: 0 });
    expect(JSON.stringify({ ...localStorage })).not.toContain("secret");
  });

  it("counts what others have said since it was looked at, in every tab", () => {
    const visit = new Visit("place");
    visit.received([message(1), message(2, { author: "customer" }), message(3, { author: "agent" })]);
    expect(visit.unread).toBe(2);
    visit.seen();
    expect(visit.unread).toBe(0);
    visit.received([message(4)]);
    expect(visit.unread).toBe(1);
    expect(new Visit("place").lastSeen).toBe(3);
  });

  it("lives without storage, and with what is spoilt in it", () => {
    localStorage.setItem("baton.visit place", "{");
    localStorage.setItem("baton.visit place unsent x", "[");
    const visit = new Visit("place");
    expect([visit.token, visit.unsent.all.length]).toEqual([null, 0]);
  });
});

describe("the rows", () => {
  const lines = (...given: Parameters<typeof rowsOf>) => rowsOf(...given).filter((row): row is MessageRow => row.kind === "message");

  it("name an author once for what is said together", () => {
    const said = [message(1), message(2), message(3, { sent_at: "2026-03-02T09:30:00Z" }), message(4, { author: "agent", author_name: "Lin" })];
    expect(lines(said, [], 0, 0).map(({ first }) => first)).toEqual([true, false, true, true]);
  });

  it("divide days, and tell where the news begin", () => {
    const said = [message(1, { author: "customer" }), message(2), message(3, { sent_at: "2026-03-04T09:00:00Z" })];
    expect(rowsOf(said, [], 1, 0).map(({ kind }) => kind)).toEqual(["day", "message", "news", "message", "day", "message"]);
  });

  it("mark the newest own message as sent, then as read", () => {
    const said = [message(1, { author: "customer" }), message(2, { author: "customer" }), message(3)];
    expect(lines(said, [], 0, 0).map(({ delivery }) => delivery)).toEqual(["", "sent", ""]);
    expect(lines(said, [], 0, 1).map(({ delivery }) => delivery)).toEqual(["", "sent", ""]);
    expect(lines(said, [], 0, 2).map(({ delivery }) => delivery)).toEqual(["", "read", ""]);
  });

  it("ask under the newest answer only, and not while something is on its way", () => {
    const said = [message(1, { feedback: "ask" }), message(2, { feedback: "ask" })];
    const visit = new Visit("place");
    expect(lines(said, [], 0, 0).map(({ asks }) => asks)).toEqual([false, true]);
    const entry = visit.wrote({ text: "Seven", payload: "/7" });
    const rows = lines(said, [entry], 0, 0);
    expect(rows.map(({ asks }) => asks)).toEqual([false, false, false]);
    expect(rows.at(-1)!.message.text).toBe("Seven");
  });
});
