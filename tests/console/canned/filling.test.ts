// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { filled, firstOpen, piecesOf, unknownIn, valuesOf } from "@/canned/filling";
import { conversation, mei } from "../things";

const NOW = new Date("2026-03-02T09:00:00Z");
const named = conversation("c", {
  language: "en",
  customer: { id: "1", name: "Alex Reed", tier: "gold", language: "en" },
  handoff: { id: "0a1b2c3d4e5f", rule: null, reasons: [], relaxed: [], requested_at: "2026-03-02T09:00:00Z", mark: null },
});

describe("variables", () => {
  it("are filled in from the conversation, in the answer's language", () => {
    const text = "{{customer.name}}/{{ customer.tier }}/{{agent.name}}/{{conversation.channel}}/{{handoff.reference}}/{{date.today}}";
    expect(filled(text, valuesOf(named, mei, "en", NOW))).toBe("Alex Reed/Gold/Mei/Web chat/0A1B2C3D/2 March 2026");
    expect(filled(text, valuesOf(named, mei, "zh", NOW))).toMatch(/^Alex Reed\/.*[一-鿿].*\/Mei\/.*[一-鿿].*\/0A1B2C3D\/2026年3月2日$/);
  });

  it("stay as they are where the conversation has nothing", () => {
    const values = valuesOf(conversation("c"), mei, "zh", NOW);
    expect(filled("您好，{{ customer.name }}，编号 {{handoff.reference}}，{{nothing}}", values)).toBe(
      "您好，{{customer.name}}，编号 {{handoff.reference}}，{{nothing}}",
    );
  });

  it("take signs in a name as they are", () => {
    const values = { ...valuesOf(named, mei, "en", NOW), "customer.name": "$& {{agent.name}}" };
    expect(filled("{{customer.name}}!", values)).toBe("$& {{agent.name}}!");
  });
});

describe("what is still open", () => {
  it("is found with its place", () => {
    const text = "Dear {{customer.name}}, {{nothing}} {{ handoff.reference }}";
    expect(firstOpen(text)).toEqual({ from: 5, to: 22, name: "customer.name" });
    expect(firstOpen(text.replace("{{customer.name}}", "Alex"))).toMatchObject({ name: "handoff.reference" });
    expect(firstOpen("Dear {{nothing}} {{")).toBe(null);
  });

  it("can be shown apart from the rest", () => {
    expect(piecesOf("a {{agent.name}} b {{x}}")).toEqual([
      { text: "a ", open: null },
      { text: "{{agent.name}}", open: "agent.name" },
      { text: " b {{x}}", open: null },
    ]);
    expect(piecesOf("")).toEqual([]);
  });
});

it.each([
  ["{{customer.nme}} {{customer.name}}", ["customer.nme"]],
  ["{{}} {{a}} {{a}}", ["", "a"]],
  ["{{customer.name", ["{{"]],
  ["plain } { text", []],
])("what the service would refuse in %j is named", (text, unknown) => expect(unknownIn(text)).toEqual(unknown));

it("takes no time over a text that never closes what it opens", () => {
  const began = performance.now();
  unknownIn(`{{${" ".repeat(10_000)}`);
  expect(performance.now() - began).toBeLessThan(1000);
});
