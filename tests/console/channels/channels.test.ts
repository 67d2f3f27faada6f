import { describe, expect, it } from "vitest";
import { ChannelTable, mayRecall, type Channel } from "@/channels/channels";
import { message } from "../things";

const webchat: Channel = { channel: "webchat", max_length: 10_000, recall_seconds: 120, buttons: true, attachments: false };
const theirs: Channel = { ...webchat, channel: "", max_length: 4_000, recall_seconds: null };

describe("what channels can do", () => {
  it("is what holds for most until the service has said, and for channels nobody knows after that", async () => {
    const table = new ChannelTable(async () => ({ channels: [webchat], default: theirs }));
    expect(table.of({ channel: "webchat" }).recall_seconds).toBe(null);
    await table.load();
    expect(table.of({ channel: "webchat" })).toEqual(webchat);
    expect(table.of({ channel: "other" })).toEqual(theirs);
  });

  it("is asked for again when the service was away", async () => {
    let works = false;
    const table = new ChannelTable(async () => {
      if (!works) throw new Error("away");
      return { channels: [], default: theirs };
    });
    await table.load();
    works = true;
    await table.load();
    expect(table.of({ channel: "x" }).max_length).toBe(4_000);
  });
});

describe("taking a message back", () => {
  const sent = { author: "agent", author_id: "mei", delivery: "sent" } as const;
  const at = (seconds: number) => Date.parse("2026-03-02T09:00:00Z") + seconds * 1000;

  it.each([
    ["within two minutes", {}, webchat, 120, true],
    ["later", {}, webchat, 121, false],
    ["on a channel that cannot", {}, theirs, 1, false],
    ["that has not left yet, anywhere and at any time", { delivery: "pending" }, theirs, 999, true],
    ["of somebody else", { author_id: "sam" }, webchat, 1, false],
    ["of the customer", { author: "customer", author_id: null }, webchat, 1, false],
    ["that is a note", { private: true, delivery: null }, webchat, 1, false],
    ["that never arrived", { delivery: "failed", failure: "superseded" }, webchat, 1, false],
    ["that nobody has confirmed", { delivery: "failed", failure: "unconfirmed" }, webchat, 1, true],
    ["twice", { recall: "done" }, webchat, 1, false],
    ["again after it did not work", { recall: "failed" }, webchat, 1, true],
  ] as const)("%s", (_, given, channel, seconds, may) =>
    expect(mayRecall(message("m", { ...sent, ...given }), "mei", channel, at(seconds))).toBe(may),
  );
});
