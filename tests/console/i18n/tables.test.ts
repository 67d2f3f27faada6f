// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { chooseLanguage, language, t, tOr } from "@/i18n";
import { en, zh } from "@/i18n/tables";

const tables: Record<string, Record<string, string>> = { en, zh };
const keys = Object.keys(en);
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const WITHOUT_WORDS = ["author.named", "announce.message", "list.more", "words.comma", "words.clause", "words.fact"];
const NAMES = ["whatsapp", "telegram", "facebook", "slack", "mattermost", "rocketchat", "twilio", "botframework", "webexteams", "hangouts", "socketio"];
const SAME_IN_BOTH = [...WITHOUT_WORDS, ...NAMES.map((name) => `channel.${name}`)]; // names are not translated

const files = Object.entries(import.meta.glob<Record<string, string>>("@/i18n/{en,zh-CN}/*.json", { import: "default", eager: true }));
const sources = import.meta.glob<string>(["../../../console/src/**/*.{ts,vue}", "!**/*.d.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const source = Object.values(sources).join("\n");

describe("the words", () => {
  it("have equal keys in both languages", () => expect(Object.keys(zh).sort()).toEqual([...keys].sort()));

  it("are in one file each", () => {
    const inFiles = files.flatMap(([, words]) => Object.keys(words)).sort();
    expect(inFiles).toEqual([...keys, ...keys].sort());
  });

  it("fill in the same values in both languages", () =>
    expect(keys.filter((key) => placeholders(tables.zh![key]!).join() !== placeholders(tables.en![key]!).join())).toEqual([]));

  it("are each in their own language", () => {
    const han = /[一-鿿]/;
    expect(keys.filter((key) => !SAME_IN_BOTH.includes(key) && !han.test(tables.zh![key]!))).toEqual([]);
    expect(keys.filter((key) => han.test(tables.en![key]!) || !tables.en![key]!.trim())).toEqual([]);
  });

  it("are all used", () => {
    const named = new Set([...source.matchAll(/["']([a-z]+(?:\.[a-z0-9_-]+)*)["']/g)].map(([, key]) => key));
    const built = [...source.matchAll(/`([a-z._]+\.)\$\{/g)].map(([, prefix]) => prefix!);
    const endings = [...source.matchAll(/`\$\{[\w.]+\}(\.[a-z_]+)`/g)].map(([, suffix]) => suffix!);
    const unused = keys.filter(
      (key) => !named.has(key) && !built.some((each) => key.startsWith(each)) && !endings.some((each) => key.endsWith(each)),
    );
    expect(unused).toEqual([]);
  });

  it("change with the language, values and all, and fall back for codes of others", () => {
    chooseLanguage("zh");
    expect([language.value, t("row.position", { position: 3 }), tOr("rule.theirs", "theirs")]).toEqual(["zh", "第 3 位", "theirs"]);
    chooseLanguage("en");
    expect([document.documentElement.lang, t("row.position", { position: 3 })]).toEqual(["en", "No. 3"]);
  });

  it("take braces and signs in people's names as they are", () => {
    expect(t("author.named", { name: "{x} @a | b", role: "r" })).toBe("{x} @a | b (r)");
  });
});
