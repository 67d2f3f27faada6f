/** The language of the console, and its words in it. */
import { computed } from "vue";
import { createI18n } from "vue-i18n";
import { en, zh, type Key } from "./tables";

export type { Key };

export const LANGUAGES = ["zh", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED = "baton.language"; // as plain text: the customer page reads it too
const LOCALES = { zh: "zh-CN", en: "en" } as const;

const i18n = createI18n({
  legacy: false,
  locale: LOCALES[preferredLanguage()] as string,
  messages: { "zh-CN": zh, en },
  // the tables are flat: a dot in a key is no path
  messageResolver: (table, key) => (table as unknown as Record<string, string>)[key] ?? null,
  missingWarn: false,
  fallbackWarn: false,
});
const composer = i18n.global;

export const locale = composer.locale;
export const language = computed<Language>(() => (locale.value === "zh-CN" ? "zh" : "en"));

export function t(key: Key, values: Record<string, unknown> = {}): string {
  return composer.t(key, values);
}

/** For keys that others may extend (rules, channels, skills): the text, or what it stands for. */
export function tOr(key: string, fallback: string): string {
  return key in en ? composer.t(key) : fallback;
}

/** What the visitor chose before, else the browser's first language that the console speaks, else English. */
export function preferredLanguage(): Language {
  for (const tag of [recall(), ...(navigator.languages ?? [navigator.language])]) {
    const wanted = LANGUAGES.find((each) => each === (tag ?? "").slice(0, 2).toLowerCase());
    if (wanted) return wanted;
  }
  return "en";
}

export function useLanguage(wanted: Language): void {
  locale.value = LOCALES[wanted];
  document.documentElement.lang = locale.value;
}

export function chooseLanguage(wanted: Language): void {
  useLanguage(wanted);
  try {
    localStorage.setItem(STORED, wanted);
  } catch {
    // no storage: chosen for as long as the page lives
  }
}

function recall(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is switched off: the browser's language decides
  }
}
