import { describe, expect, it } from "vitest";
import { average, blockedUntil, changeOf, draftOf, money, nextLook, tagsOf } from "@/customer/details";

describe("tags", () => {
  it("are apart by commas of either width, each once", () =>
    expect(tagsOf(" press, vip，大客户、vip;; a b \n")).toEqual(["press", "vip", "大客户", "a b"]));
  it("may be none", () => expect(tagsOf(" ， ")).toEqual([]));
});

describe("what has changed", () => {
  const known = { customer: { id: "c", name: "Jing", tier: "gold", tags: ["press", "vip"], language: "zh" } };
  const before = draftOf(known);

  it("is nothing at first, also of a visitor nobody knows", () => {
    expect(changeOf(before, draftOf(known))).toEqual({});
    expect(changeOf(draftOf({ customer: null }), draftOf({ customer: null }))).toEqual({});
  });

  it.each([
    [{ name: " Jing Chen " }, { name: "Jing Chen" }],
    [{ name: " " }, { name: null }],
    [{ tags: "press，vip," }, {}],
    [{ tags: "press" }, { tags: ["press"] }],
    [{ language: "" }, { language: null }],
    [{ tier: "" }, { tier: null }],
    [{ tier: "silver", language: "en" }, { tier: "silver", language: "en" }],
  ])("%j is told as %j", (typed, change) => expect(changeOf(before, { ...before, ...typed })).toEqual(change));
});

describe("a block", () => {
  const now = Date.UTC(2026, 2, 2, 9);
  it.each([
    ["hour", "2026-03-02T10:00:00.000Z"],
    ["day", "2026-03-03T09:00:00.000Z"],
    ["week", "2026-03-09T09:00:00.000Z"],
    ["always", null],
  ] as const)("for %s ends at %s", (choice, until) => expect(blockedUntil(choice, now)).toBe(until));
});

describe("orders", () => {
  it("cost what they cost", () => {
    expect(money({ amount: "199.00", currency: "CNY" }, "zh-CN")).toBe("¥199.00");
    expect(money({ amount: "1299.5", currency: "EUR" }, "en")).toBe("€1,299.50");
    expect(money({ amount: "5", currency: "points" }, "en")).toBe("5 points");
  });

  it("are waited for as long as the shop may take, and no longer", () => {
    const waits = [0, 1, 2, 3, 4, 5].map((looks) => nextLook(looks)!);
    expect(waits.reduce((sum, each) => sum + each)).toBeGreaterThan(5000);
    expect(nextLook(6)).toBe(null);
  });
});

it("an average has one decimal, and needs scores", () => {
  expect([average([5, 4, 4]), average([])]).toEqual(["4.3", null]);
});
