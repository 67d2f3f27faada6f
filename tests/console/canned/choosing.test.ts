import { describe, expect, it } from "vitest";
import type { CannedAnswer } from "@/canned/api";
import { asksForAnswers, byCategory, choicesFor } from "@/canned/choosing";

const answer = (id: string, given: Partial<CannedAnswer> = {}): CannedAnswer => ({
  id,
  shared: true,
  category: "",
  title: id,
  shortcut: null,
  texts: { zh: "内容" },
  created_at: "2026-03-02T09:00:00Z",
  updated_at: "2026-03-02T09:00:00Z",
  ...given,
});

const REFUND = answer("refund", { title: "退款进度", shortcut: "tk", category: "退款", texts: { zh: "款项三天内到账", en: "The money arrives" } });
const HELLO = answer("hello", { title: "Hello", shortcut: "hi", texts: { en: "Hello, how can I help with your refund?" } });
const MINE = answer("mine", { title: "我的问候", shared: false, texts: { zh: "您好" } });
const ALL = [HELLO, REFUND, MINE];

const keys = (typed: string, language = "zh") => choicesFor(ALL, typed, language).map(({ key }) => key);

describe("choices", () => {
  it("begin with the conversation's language, one's own before what all share", () => {
    expect(keys("")).toEqual(["mine.zh", "refund.zh", "hello.en", "refund.en"]);
    expect(keys("", "en")).toEqual(["hello.en", "refund.en", "mine.zh", "refund.zh"]);
  });

  it.each([
    ["退款", ["refund.zh", "refund.en"]],
    ["到账", ["refund.zh"]],
    ["tk", ["refund.zh", "refund.en"]],
    ["ＴＫ", ["refund.zh", "refund.en"]],
    ["refund hello", ["hello.en"]],
    ["问候", ["mine.zh"]],
    ["nothing", []],
    ["  ", ["mine.zh", "refund.zh", "hello.en", "refund.en"]],
  ])("for %s", (typed, expected) => expect(keys(typed)).toEqual(expected));

  it("put the very shortcut before its beginning, a title before a text", () => {
    const list = [
      answer("text", { texts: { zh: "hi" } }),
      answer("title", { title: "say hi" }),
      answer("longer", { shortcut: "hithere" }),
      answer("exact", { shortcut: "hi" }),
    ];
    expect(choicesFor(list, "hi", "zh").map(({ answer }) => answer.id)).toEqual(["exact", "longer", "title", "text"]);
  });

  it("are found under their categories, what has none at the end", () => {
    expect(byCategory(ALL, "").map(({ category, answers }) => [category, answers.map(({ id }) => id)])).toEqual([
      ["退款", ["refund"]],
      ["", ["hello", "mine"]],
    ]);
    expect(byCategory(ALL, "money")).toHaveLength(1);
  });
});

describe("a slash", () => {
  it.each([
    ["/", 1, true],
    ["、", 1, true],
    ["first\n/", 7, true],
    ["first\n/\nlast", 7, true],
    ["a/", 2, false],
    ["/ and more", 1, false],
    ["//", 2, false],
    ["/", 0, false],
    ["", 0, false],
  ])("in %j with the caret at %i asks for the answers: %s", (text, caret, asks) => expect(asksForAnswers(text, caret)).toBe(asks));
});
