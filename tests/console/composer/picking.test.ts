import { describe, expect, it } from "vitest";
import { meaningOf } from "@/composer/picking";

const key = (name: string, given = {}) => ({ key: name, isComposing: false, keyCode: 0, ...given });

/** Where the keys lead from the first of five. */
function after(columns: number, ...names: string[]): number {
  return names.reduce((at, name) => meaningOf(key(name), at, 5, columns) as number, 0);
}

describe("choosing by keys", () => {
  it("moves through a list and stays within it", () => {
    expect(after(1, "ArrowUp", "ArrowDown", "ArrowDown")).toBe(2);
    expect(after(1, ...Array<string>(9).fill("ArrowDown"))).toBe(4);
    expect(meaningOf(key("ArrowDown"), 0, 0, 1)).toBe(0);
  });

  it("moves through a grid in both directions", () => {
    expect(after(2, "ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft")).toBe(3);
    expect(after(2, "ArrowRight", "ArrowUp")).toBe(0);
  });

  it("chooses with Enter, closes with Escape, and leaves the rest to the box", () => {
    expect(["Enter", "Escape", "x", "ArrowLeft", "Home"].map((name) => meaningOf(key(name), 1, 5, 1))).toEqual([
      "choose",
      "close",
      null,
      null,
      null,
    ]);
  });

  it.each([{ isComposing: true }, { keyCode: 229 }])("leaves every key to an input method that composes %o", (given) => {
    expect(["Enter", "Escape", "ArrowDown"].map((name) => meaningOf(key(name, given), 0, 5, 1))).toEqual([null, null, null]);
  });
});
