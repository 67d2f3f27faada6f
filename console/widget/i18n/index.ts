/** The words of the widget: one flat table for each language, with equal keys. */
import en from "./en.json";
import zh from "./zh-CN.json";

export const LANGUAGES = ["zh", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export type Key = keyof typeof en;
export type Words = (key: Key, values?: Record<string, string | number>) => string;

const TABLES: Record<Language, Record<Key, string>> = { en, zh };

/** The words in one language; `{name}` is filled in, and a key that is not there is never asked for. */
export function wordsIn(language: Language): Words {
  const table = TABLES[language];
  return (key, values = {}) =>
    table[key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export const has = (key: string): key is Key => key in en;

export const locale = (language: Language) => (language === "zh" ? "zh-CN" : "en");

/** What the customer chose, else what the site says, else the browser's first language that is spoken here. */
export function preferred(...wanted: (string | null | undefined)[]): Language {
  for (const tag of [...wanted, ...(navigator.languages ?? [navigator.language])]) {
    const language = LANGUAGES.find((each) => each === (tag ?? "").slice(0, 2).toLowerCase());
    if (language) return language;
  }
  return "en";
}
