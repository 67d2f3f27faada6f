/** The words of the pages: `i18n/zh.json` and `i18n/en.json`, one flat table each, with equal keys. */

const LANGUAGES = ["zh", "en"];
const STORED = "baton.language";
const listeners = new Set();
let table = {};
let current = "en";

/** What the visitor chose before, else the browser's first language that the pages speak, else English. */
export function preferredLanguage() {
  const wanted = [recall(), ...(navigator.languages ?? [navigator.language])];
  for (const tag of wanted) {
    const language = (tag ?? "").slice(0, 2).toLowerCase();
    if (LANGUAGES.includes(language)) return language;
  }
  return "en";
}

export async function useLanguage(language) {
  const answer = await fetch(new URL(`./i18n/${language}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`no texts for ${language}: ${answer.status}`);
  table = await answer.json();
  current = language;
  document.documentElement.lang = locale();
  translate(document);
  listeners.forEach((listener) => listener(language));
}

export function locale() {
  return current === "zh" ? "zh-CN" : "en";
}

/** Called after each change of language, to draw anew what was made by hand. */
export function onLanguage(listener) {
  listeners.add(listener);
}

export function t(key, values = {}) {
  const text = table[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** For keys that others may extend (rules, channels, skills): the text, or what it stands for. */
export function tOr(key, fallback, values = {}) {
  return key in table ? t(key, values) : fallback;
}

/** Fill what the page marks: `data-i18n` is the text, `data-i18n-label` the accessible name, and so on. */
export function translate(root) {
  fill(root, "data-i18n", (element, text) => (element.textContent = text));
  fill(root, "data-i18n-label", (element, text) => element.setAttribute("aria-label", text));
  fill(root, "data-i18n-placeholder", (element, text) => element.setAttribute("placeholder", text));
}

function fill(root, attribute, write) {
  for (const element of root.querySelectorAll(`[${attribute}]`)) write(element, t(element.getAttribute(attribute)));
}

/** A `<select>` that switches the language and remembers it. */
export function languageSwitch(select) {
  select.value = current;
  select.addEventListener("change", async () => {
    try {
      await useLanguage(select.value);
      localStorage.setItem(STORED, select.value);
    } catch {
      select.value = current; // no network: the page stays as it is
    }
  });
}

function recall() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // storage is switched off: the browser's language decides
  }
}
