/** How an answer gets to a customer is said as it is known, and never better. */
import { describe, expect, it } from "vitest";
import { dueness, wayTo } from "@/messages/reaching";
import { at, conversation } from "../things";

describe("the way to the customer", () => {
  it.each([
    [true, false, "live", "here"],
    [true, true, "live", "here_mail"],
    [false, false, "live", "away"],
    [false, true, "message", "away_mail"],
    [null, true, "live", "mail"],
    [null, false, "message", "return"],
    [null, false, "live", ""],
  ] as const)("connected %s, mail %s, %s: %s", (connected, mail, kind, way) => {
    expect(wayTo(conversation("c", { kind, reach: { connected, mail, window: null } }))).toBe(way);
  });
});

describe("an answer that is owed", () => {
  const now = Date.parse(at(10));

  it("is due, and then overdue", () => {
    expect(dueness(conversation("c", { due_at: at(11) }), now)).toBe("due");
    expect(dueness(conversation("c", { due_at: at(9) }), now)).toBe("overdue");
  });

  it("is not owed where nothing was left, or all is settled", () => {
    expect(dueness(conversation("c"), now)).toBeNull();
    expect(dueness(conversation("c", { due_at: at(9), status: "resolved" }), now)).toBeNull();
  });
});
