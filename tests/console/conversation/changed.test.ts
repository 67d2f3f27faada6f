// @vitest-environment jsdom
/** What has become of a message since is said under it. */
import { createApp, h } from "vue";
import { afterEach, describe, expect, it } from "vitest";
import TranscriptLine from "@/conversation/TranscriptLine.vue";
import { linesOf } from "@/conversation/lines";
import type { Message } from "@/api";
import { message } from "../things";

afterEach(() => document.body.replaceChildren());

function shown(given: Partial<Message>): string {
  const [line] = linesOf([message("m", given)], [], "Mei");
  createApp(() => h(TranscriptLine, { line: line!, mayResend: false, mayRecall: false })).mount(
    document.body.appendChild(document.createElement("div")),
  );
  return document.querySelector("article")!.textContent!;
}

describe("under a message", () => {
  it("stands what the customer wrote before they edited it", () => {
    const text = shown({ text: "order 124", original: "order 123" });
    expect(text).toContain("order 124");
    expect(text).toContain("Edited by the customer. Before: order 123");
  });

  it("stands that the customer has deleted it, and not that an agent took it back", () => {
    const text = shown({ recall: "done" });
    expect(text).toContain("Deleted by the customer");
    expect(text).not.toContain("Taken back");
  });

  it("stands how the customer reacted to our words", () => {
    expect(shown({ author: "agent", delivery: "read", reaction: "👍" })).toContain("👍 from the customer");
  });

  it("stands nothing of how far an answer of the bot's has got, as long as it may have come", () => {
    expect(shown({ author: "bot" })).not.toContain("delivered");
  });

  it("stands that an answer of the bot's has not come", () => {
    const text = shown({ author: "bot", delivery: "failed", failure: "not_permitted" });
    expect(text).toContain("Not delivered: our account at the provider may not send this.");
    expect(text).not.toContain("Send again");
  });

  it("stands how the customer reacted to the bot's", () => {
    expect(shown({ author: "bot", reaction: "👎" })).toContain("👎 from the customer");
  });
});
