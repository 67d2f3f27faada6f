/** Which canned answers fit what is typed, best first. Pure. */
import type { CannedAnswer } from "./api";

/** One text of an answer: an answer in two languages is two choices. */
export interface Choice {
  key: string;
  answer: CannedAnswer;
  language: string;
  text: string;
}

/**
 * Every word typed has to be found in the shortcut, title, category or text. The conversation's language comes before
 * the others; within it a shortcut before a title before the text, and one's own before those that all share.
 */
export function choicesFor(answers: Iterable<CannedAnswer>, typed: string, language: string): Choice[] {
  const words = wordsOf(typed);
  const found: { choice: Choice; rank: number[] }[] = [];
  for (const answer of answers) {
    for (const [each, text] of Object.entries(answer.texts)) {
      const fit = fitOf(answer, text, words);
      if (fit === null) continue;
      const choice = { key: `${answer.id}.${each}`, answer, language: each, text };
      found.push({ choice, rank: [Number(each !== language), fit, Number(answer.shared)] });
    }
  }
  return found.sort(byRank).map(({ choice }) => choice);
}

/** The answers in which the words are found, under their categories; those without one come last. */
export function byCategory(answers: Iterable<CannedAnswer>, typed: string): { category: string; answers: CannedAnswer[] }[] {
  const words = wordsOf(typed);
  const groups = new Map<string, CannedAnswer[]>();
  for (const answer of answers) {
    if (fitOf(answer, Object.values(answer.texts).join("\n"), words) === null) continue;
    groups.set(answer.category, [...(groups.get(answer.category) ?? []), answer]);
  }
  return [...groups]
    .map(([category, answers]) => ({ category, answers: answers.sort((a, b) => compare(a.title, b.title)) }))
    .sort((a, b) => Number(!a.category) - Number(!b.category) || compare(a.category, b.category));
}

/** 0 for the shortcut itself, then how near the words are to it; null when one of them is nowhere. */
function fitOf({ shortcut, title, category }: CannedAnswer, text: string, words: string[]): number | null {
  if (!words.length) return 0;
  const [short, name] = [folded(shortcut ?? ""), folded(title)];
  const everywhere = `${short}\n${name}\n${folded(category)}\n${folded(text)}`;
  if (!words.every((word) => everywhere.includes(word))) return null;
  const typed = words.join(" ");
  if (short === typed) return 0;
  if (short && short.startsWith(typed)) return 1;
  return words.every((word) => name.includes(word)) ? 2 : 3;
}

function byRank(a: { choice: Choice; rank: number[] }, b: { choice: Choice; rank: number[] }): number {
  for (const [place, value] of a.rank.entries()) if (value !== b.rank[place]) return value - (b.rank[place] ?? 0);
  const [one, other] = [a.choice.answer, b.choice.answer];
  return compare(one.category, other.category) || compare(one.title, other.title) || compare(one.id, other.id);
}

const wordsOf = (typed: string) => folded(typed).split(/\s+/).filter(Boolean);

const compare = (one: string, other: string) => one.localeCompare(other);

/** Full-width letters, which an input method may type, are the same letters. */
const folded = (text: string) => text.normalize("NFKC").toLowerCase().trim();

/**
 * Whether what was just typed asks for the canned answers: a slash at the start of a line that is empty but for it. An
 * input method for Chinese may put 、 where the key says /.
 */
export function asksForAnswers(text: string, caret: number): boolean {
  const start = text.lastIndexOf("\n", caret - 1) + 1;
  const end = text.indexOf("\n", caret);
  return caret === start + 1 && /^[/、]$/.test(text.slice(start, end < 0 ? undefined : end));
}
