import { describe, expect, it } from "vitest";
import { earliest, snoozedUntil } from "@/conversation/snoozing";

const local = (...parts: [number, number, number, number, number]) => new Date(...parts);
const evening = local(2026, 1, 28, 22, 50).getTime();

describe("put off", () => {
  it.each([
    ["half_hour", "", local(2026, 1, 28, 23, 20)],
    ["two_hours", "", local(2026, 2, 1, 0, 50)],
    ["tomorrow", "", local(2026, 2, 1, 9, 0)],
    ["other", "2026-03-05T14:30", local(2026, 2, 5, 14, 30)],
  ] as const)("%s %s by the agent's own clock", (choice, named, until) =>
    expect(snoozedUntil(choice, named, evening)).toBe(until.toISOString()));

  it("before nine, until tomorrow is not until today", () =>
    expect(snoozedUntil("tomorrow", "", local(2026, 2, 2, 1, 0).getTime())).toBe(local(2026, 2, 3, 9, 0).toISOString()));

  it("needs a time", () => expect(snoozedUntil("other", "", evening)).toBe(null));

  it("is named from the next minute on", () => expect(earliest(evening)).toBe("2026-02-28T22:51"));
});
