// @vitest-environment jsdom
import { describe, expect, it, vi } from "vitest";
import { preferred, wordsIn, type Key } from "@widget/i18n";
import en from "@widget/i18n/en.json";
import zh from "@widget/i18n/zh-CN.json";

const tables: Record<string, Record<string, string>> = { en, zh };
const keys = Object.keys(en) as Key[];
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const SAME_IN_BOTH = ["author.named"]; // without a word of its own

const source = Object.values(
  import.meta.glob<string>("../../../console/widget/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }),
).join("\n");

describe("the widget's words", () => {
  it("have equal keys in both languages", () => expect(Object.keys(zh).sort()).toEqual([...keys].sort()));

  it("fill in the same values in both languages", () =>
    expect(keys.filter((key) => placeholders(zh[key]).join() !== placeholders(en[key]).join())).toEqual([]));

  it("are each in their own language", () => {
    const han = /[一-鿿]/;
    expect(keys.filter((key) => !SAME_IN_BOTH.includes(key) && !han.test(tables.zh![key]!))).toEqual([]);
    expect(keys.filter((key) => han.test(tables.en![key]!) || !tables.en![key]!.trim())).toEqual([]);
  });

  it("are all used", () => {
    const named = new Set([...source.matchAll(/["'`]([a-z]+(?:\.[a-z0-9_]+)+)["'`]/g)].map(([, key]) => key));
    const built = [...source.matchAll(/`([a-z]+\.[a-z_]*)\$\{/g)].map(([, prefix]) => prefix!);
    expect(keys.filter((key) => !named.has(key) && !built.some((prefix) => key.startsWith(prefix)))).toEqual([]);
  });

  it("take what people are called as it is", () =>
    expect(wordsIn("en")("author.named", { name: "{role} $& <b>", role: "r" })).toBe("{role} $& <b> (r)"));

  it("follow the customer, then the site, then the browser", () => {
    vi.stubGlobal("navigator", { languages: ["fr-FR", "zh-TW", "en"] });
    expect(preferred("en", "zh")).toBe("en");
    expect(preferred(null, "zh-Hant")).toBe("zh");
    expect(preferred(null, "de")).toBe("zh");
    vi.stubGlobal("navigator", { languages: ["fr-FR"] });
    expect(preferred(null, null)).toBe("en");
    vi.unstubAllGlobals();
  });
});
