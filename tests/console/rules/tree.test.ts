import { describe, expect, it } from "vitest";
import { copyRule, isUnfinished, newRule, readRule, ruleOf, writeRule } from "@/rules/form";
import { group, readCondition, test as a, unfinished, writeCondition } from "@/rules/tree";
import { random } from "../things";

const CONDITIONS: Record<string, unknown>[] = [
  { asks_human: true },
  { topic: null },
  { "customer.tier": ["gold", "platinum"] },
  { sentiment: { lte: -0.8 } },
  { recent_topic: "refund", any: [{ rejects_answer: true }, { repeat_count: { gte: 2 } }, { sentiment: { lte: -0.4 } }] },
  { any: [{ threat: true }, { topic: "loan", needs_advice: true }] },
  { business_hours: false, not: { "customer.tags": ["test"], channel: "rest" } },
  { all: [{ sentiment: { gte: -0.5 } }, { sentiment: { lte: 0.5 } }] },
  { not: { any: [{ fallback: true }, { not: { asks_human: true } }] } },
];

const bare = (branch: unknown): unknown => JSON.parse(JSON.stringify(branch, (name, value) => (name === "key" ? undefined : value)));

describe("the condition of a rule", () => {
  it.each(CONDITIONS.map((when) => [JSON.stringify(when), when] as const))("is written as it was read: %s", (_, when) => {
    expect(writeCondition(readCondition(when))).toEqual(when);
  });

  it("keeps both ends of a range", () => {
    const read = readCondition({ sentiment: { gte: -0.5, lte: 0.5 } });
    expect(writeCondition(read)).toEqual({ all: [{ sentiment: { gte: -0.5 } }, { sentiment: { lte: 0.5 } }] });
  });

  it("reads back as the same tree, whatever the form made of it", () => {
    const next = random(7);
    const pick = <T>(of: readonly T[]) => of[Math.floor(next() * of.length)]!;
    const tree = (depth: number): ReturnType<typeof group> =>
      group(
        pick(["all", "any", "not"]),
        Array.from({ length: 1 + Math.floor(next() * 3) }, () =>
          depth && next() < 0.4 ? tree(depth - 1) : a(pick(["topic", "channel", "fallback"]), "eq", pick(["refund", "rest", true])),
        ),
      );
    for (let round = 0; round < 300; round += 1) {
      const once = writeCondition(tree(3));
      const again = writeCondition(readCondition(once));
      expect(writeCondition(readCondition(again))).toEqual(again);
      expect(bare(readCondition(again))).toEqual(bare(readCondition(writeCondition(readCondition(again)))));
    }
  });

  it("is not finished while a value or a part is missing", () => {
    expect(unfinished(group("all", [a("topic", "eq", "refund")]))).toBe(false);
    expect(unfinished(group("all", [a("topic", "eq", "")]))).toBe(true);
    expect(unfinished(group("all", [a("topic", "eq", null)]))).toBe(false);
    expect(unfinished(group("any", [group("not")]))).toBe(true);
    expect(unfinished(group("any", [a("channel", "in", [])]))).toBe(true);
    expect(unfinished(group("any", [a("repeat_count", "gte", NaN)]))).toBe(true);
  });
});

describe("a rule", () => {
  const whole = {
    id: "vip",
    name: { zh: "重要客户", en: "Valued customer" },
    when: { "customer.tier": ["gold"] },
    then: {
      hand_over: true,
      priority: "high",
      skills: { required: ["risk"], preferred: ["senior"], strict: ["risk"] },
      message: { zh: "请稍等", en: "One moment" },
      alert: { zh: "请留意", en: "Have a look" },
    },
  };

  it("is written as it was read", () => {
    for (const rule of [whole, { id: "a", when: { fallback: true }, then: { alert: true } }]) {
      expect(writeRule(readRule(rule))).toEqual(rule);
    }
  });

  it("says nothing to customers whom it does not hand over", () => {
    expect(writeRule({ ...readRule(whole), handOver: false }).then).not.toHaveProperty("message");
  });

  it("keeps strict what it requires only", () => {
    expect(writeRule({ ...readRule(whole), required: ["loan"] }).then.skills).toEqual({ required: ["loan"], preferred: ["senior"] });
  });

  it("is new or a copy under a name of its own", () => {
    const vip = readRule(whole);
    const fresh = newRule([vip]);
    expect([fresh.id, newRule([fresh]).id, copyRule(vip, [vip]).id]).toEqual(["new_rule", "new_rule_2", "vip_2"]);
    expect([isUnfinished(fresh), isUnfinished({ ...vip, id: " " })]).toEqual([false, true]);
  });

  it("is found by the place of a mistake", () => {
    expect([ruleOf("rules[3].when.any[1].sentiment.lte"), ruleOf("line 4, column 7")]).toEqual([3, null]);
  });
});
