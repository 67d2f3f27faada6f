import { describe, expect, it } from "vitest";
import type { Suggestion, Suggestions } from "@/assist/api";
import { firstPlaceholder } from "@/assist/placeholders";
import { Suggesting } from "@/assist/suggesting";
import { shortcutOf } from "@/shortcuts/table";
import { settled } from "../things";

const item = (id: string, text = id): Suggestion => ({
  id,
  source: "faq",
  question: "",
  text,
  placeholders: [],
  given: false,
  worded: false,
});
const answer = (items: Suggestion[], can_be_worded = false): Suggestions => ({
  conversation_id: "c",
  language: "en",
  question: "q",
  can_be_worded,
  items,
});

describe("suggestions", () => {
  it("are those of the newest question, whichever answer comes last", async () => {
    const waiting: ((given: Suggestions) => void)[] = [];
    const suggesting = new Suggesting(() => new Promise((resolve) => waiting.push(resolve)));
    void suggesting.refresh("c");
    void suggesting.refresh("c");
    waiting[1]!(answer([item("new")]));
    await settled();
    waiting[0]!(answer([item("old")]));
    await settled();
    expect(suggesting.items.value.map(({ id }) => id)).toEqual(["new"]);
  });

  it("show nothing but their absence when the service fails", async () => {
    const suggesting = new Suggesting(() => Promise.reject(new Error("down")));
    await suggesting.refresh("c");
    expect([suggesting.items.value, suggesting.loading.value]).toEqual([[], false]);
  });

  it("take better words when they come", async () => {
    const suggesting = new Suggesting((_, worded) => Promise.resolve(answer([item("a", worded ? "better" : "plain")], true)));
    await suggesting.refresh("c");
    expect(suggesting.items.value[0]!.text).toBe("better");
  });

  it("keep their words when better ones fail, or are of other answers", async () => {
    const failing = new Suggesting((_, worded) => (worded ? Promise.reject(new Error("slow")) : Promise.resolve(answer([item("a")], true))));
    await failing.refresh("c");
    const others = new Suggesting((_, worded) => Promise.resolve(answer([item(worded ? "b" : "a")], true)));
    await others.refresh("c");
    expect([failing.items.value[0]!.id, others.items.value[0]!.id]).toEqual(["a", "a"]);
  });

  it("are not shown in a conversation that was left meanwhile", async () => {
    const suggesting = new Suggesting(() => Promise.resolve(answer([item("a")])));
    const asked = suggesting.refresh("c");
    suggesting.clear();
    await asked;
    expect(suggesting.items.value).toEqual([]);
  });
});

describe("placeholders", () => {
  it("are found where they stand", () => {
    expect(firstPlaceholder("您好，[姓名]，请看[链接]")).toEqual({ from: 3, to: 7 });
    expect(firstPlaceholder("Dear [name]")).toEqual({ from: 5, to: 11 });
    expect(firstPlaceholder("see [1], [sic] and []")).toBe(null);
  });
});

describe("the keys of suggestions", () => {
  it("act while somebody writes", () => {
    const pressed = { key: "2", altKey: true, ctrlKey: false, metaKey: false, isComposing: false, keyCode: 50 };
    expect(shortcutOf(pressed, true, false)).toBe("suggestion_2");
    expect(shortcutOf({ ...pressed, isComposing: true }, true, false)).toBe(null);
    expect(shortcutOf({ ...pressed, altKey: false }, true, true)).toBe(null);
  });
});
