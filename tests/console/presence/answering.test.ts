import { expect, it } from "vitest";
import { countdown, nearlyTakenBack, secondsLeft } from "@/presence/answering";

const NOW = Date.parse("2026-03-02T09:00:00Z");
const due = (seconds: number | null) => ({
  answer_due_at: seconds === null ? null : new Date(NOW + seconds * 1000).toISOString(),
});

it.each([
  [null, null],
  [31, null],
  [30, 30],
  [0.2, 1],
  [-5, 0],
])("an answer due in %s seconds warns with %s", (seconds, left) => expect(secondsLeft(due(seconds), NOW)).toBe(left));

it("the nearest comes first, and those with time are left out", () => {
  const held = [due(20), due(90), due(5), due(null)];
  expect(nearlyTakenBack(held, NOW)).toEqual([due(5), due(20)]);
});

it("counts in minutes and seconds", () => expect([countdown(5), countdown(65)]).toEqual(["0:05", "1:05"]));
