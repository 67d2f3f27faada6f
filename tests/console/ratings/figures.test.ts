import { expect, it } from "vitest";
import { average, NONE, satisfied } from "@/ratings/figures";

it.each([
  [4.35, "4.3"],
  [4.96, "4.9"], // not 5.0: somebody gave less
  [5, "5.0"],
  [4.1, "4.1"], // 4.1 * 10 is a little less than 41
  [null, NONE],
])("the average %s reads %s", (value, text) => expect(average(value, "en")).toBe(text));

it.each([
  [{ answered: 3, scores: [0, 1, 0, 1, 1] }, "66%"],
  [{ answered: 2, scores: [0, 0, 0, 0, 2] }, "100%"],
  [{ answered: 0, scores: [0, 0, 0, 0, 0] }, NONE],
])("of %o were satisfied: %s", (given, text) => expect(satisfied(given, "en")).toBe(text));
