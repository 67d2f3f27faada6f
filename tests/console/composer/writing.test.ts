// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { Drafts } from "@/composer/drafts";
import { lengthOf, sendsBy } from "@/composer/writing";

describe("Enter", () => {
  const enter = { key: "Enter", shiftKey: false, isComposing: false, keyCode: 13 };

  it("sends", () => expect(sendsBy(enter)).toBe(true));
  it.each([
    ["with Shift, which breaks the line", { shiftKey: true }],
    ["that chooses a word of an input method", { isComposing: true }],
    ["that chooses a word, as Safari says it", { keyCode: 229 }],
    ["that is another key", { key: "a" }],
  ])("does not send %s", (_, given) => expect(sendsBy({ ...enter, ...given })).toBe(false));
});

it("counts an emoji as one character where it matters", () => {
  expect(lengthOf("😀".repeat(5_000))).toBe(5_000);
});

describe("a draft", () => {
  const DAY = 24 * 3600 * 1000;

  beforeEach(() => localStorage.clear());

  it("stays with its conversation and its agent, also over a reload", () => {
    new Drafts("mei", 0).put("c", "reply", "half a", 0);
    const after = new Drafts("mei", DAY);
    expect([after.of("c", "reply"), after.of("other", "reply"), new Drafts("sam", DAY).of("c", "reply")]).toEqual(["half a", "", ""]);
  });

  it("of a note is none of a reply", () => {
    const drafts = new Drafts("mei", 0);
    drafts.put("c", "reply", "to them", 0);
    drafts.put("c", "note", "to us", 0);
    expect([drafts.of("c", "reply"), drafts.of("c", "note")]).toEqual(["to them", "to us"]);
    drafts.put("c", "note", "", 0);
    expect([drafts.of("c", "reply"), drafts.of("c", "note")]).toEqual(["to them", ""]);
    drafts.clear();
    expect(localStorage.length).toBe(0);
  });

  it("goes when it was sent, when it is a week old, and with the agent", () => {
    const drafts = new Drafts("mei", 0);
    drafts.put("sent", "reply", "a", 0);
    drafts.put("sent", "reply", "", 0);
    drafts.put("old", "reply", "b", 0);
    expect(localStorage.length).toBe(1);
    expect(new Drafts("mei", 8 * DAY).of("old", "reply")).toBe("");
    drafts.put("left", "reply", "c", 0);
    drafts.clear();
    expect(localStorage.length).toBe(0);
  });

  it("counts as empty when the storage is spoilt", () => {
    localStorage.setItem("baton.draft.mei.c", "{not json");
    expect(new Drafts("mei", 0).of("c", "reply")).toBe("");
  });
});
