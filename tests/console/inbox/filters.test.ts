// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { choices, clear, isNarrowed, matches, useFilters, type Filters } from "@/inbox/filters";
import { conversation, settled } from "../things";

const ANY: Filters = { team: "", assignee: "", channel: "", language: "", priority: "", topic: "" };
const refund = conversation("refund", {
  ...{ channel: "webchat", language: "zh", priority: "high", topic: "refund", owner: "agent" },
  ...{ team: { id: "t", name: "Refunds" }, assignee: { id: "sam", name: "Sam" } },
});
const plain = conversation("plain", { channel: "rest", language: "en" });

describe("a filter", () => {
  it.each([
    ["team", "t"],
    ["assignee", "sam"],
    ["channel", "webchat"],
    ["language", "zh"],
    ["priority", "high"],
    ["topic", "refund"],
  ] as const)("by %s shows what has it and nothing else", (name, value) => {
    const filters = { ...ANY, [name]: value };
    expect([matches(refund, filters), matches(plain, filters), isNarrowed(filters)]).toEqual([true, false, true]);
  });

  it("combines with the others", () => {
    expect(matches(refund, { ...ANY, channel: "webchat", language: "zh" })).toBe(true);
    expect(matches(refund, { ...ANY, channel: "webchat", language: "en" })).toBe(false);
    expect([matches(plain, ANY), isNarrowed(ANY)]).toEqual([true, false]);
  });

  it("offers what occurs, all teams, and what is chosen though it occurs no more", () => {
    const loans = { id: "u", name: "Loans", skills: [], lead: null, members: [] };
    const offered = (name: keyof Filters, chosen = "") => choices(name, [refund, plain], [loans], chosen);
    expect(offered("channel").map(({ value }) => value)).toEqual(["rest", "webchat"]);
    expect(offered("team")).toEqual([{ value: "u", named: "Loans" }, { value: "t", named: "Refunds" }]);
    expect(offered("assignee")).toEqual([{ value: "sam", named: "Sam" }]);
    expect(offered("topic", "loan").map(({ value }) => value)).toEqual(["loan", "refund"]);
    expect(offered("priority").map(({ value }) => value)).toEqual(["urgent", "high", "normal", "low"]);
  });
});

describe("the filters of an agent", () => {
  beforeEach(() => localStorage.clear());

  it("survive a reload, and are each agent's own", async () => {
    useFilters("mei").language = "en";
    await settled();
    expect(useFilters("mei")).toEqual({ ...ANY, language: "en" });
    expect(useFilters("sam")).toEqual(ANY);
  });

  it("are forgotten when they are cleared, and spoilt ones count as none", async () => {
    const filters = useFilters("mei");
    filters.topic = "loan";
    await settled();
    clear(filters);
    await settled();
    expect(localStorage.length).toBe(0);
    localStorage.setItem("baton.filters.mei", JSON.stringify({ topic: 7, nonsense: "x" }));
    expect(useFilters("mei")).toEqual(ANY);
  });
});
