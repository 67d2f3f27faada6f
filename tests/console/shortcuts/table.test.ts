import { describe, expect, it } from "vitest";
import { shortcutOf, SHORTCUTS } from "@/shortcuts/table";

const pressed = (key: string, given = {}) => ({
  ...{ key, altKey: false, ctrlKey: false, metaKey: false, isComposing: false, keyCode: 0 },
  ...given,
});

describe("shortcuts", () => {
  it("have each key once", () => {
    const keys = SHORTCUTS.flatMap(({ keys }) => [...keys] as string[]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    ["j", {}, "next"],
    ["ArrowDown", { altKey: true }, "next"],
    ["?", {}, "help"],
    ["j", { ctrlKey: true }, null],
    ["ArrowDown", {}, null],
    ["Escape", { isComposing: true }, null],
    ["Escape", { keyCode: 229 }, null],
  ])("find %s %o", (key, given, id) => expect(shortcutOf(pressed(key, given), false, true)).toBe(id));

  it("leave letters to whoever writes, and to whoever switched them off", () => {
    expect(shortcutOf(pressed("j"), true, true)).toBe(null);
    expect(shortcutOf(pressed("j"), false, false)).toBe(null);
    expect(shortcutOf(pressed("Escape"), true, false)).toBe("close");
    expect(shortcutOf(pressed("ArrowUp", { altKey: true }), true, false)).toBe("previous");
  });
});
