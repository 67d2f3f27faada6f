import { expect, it } from "vitest";
import { share } from "@/wall/level";

it.each([
  [0, 0, ""],
  [0, 3, "0%"],
  [2, 3, "66%"],
  [199, 200, "99%"], // only all is all
  [3, 3, "100%"],
])("%i of %i is %s", (in_time, counted, said) => expect(share({ in_time, counted }, "en")).toBe(said));
