/** The variables of canned answers, filled in from the conversation. Pure but for the words of the two languages. */
import type { Agent, Conversation } from "@/api";
import { en, zh } from "@/i18n/tables";

/** The service's list (`GET /canned/variables`). */
export const VARIABLES = [
  "customer.name",
  "customer.tier",
  "agent.name",
  "conversation.channel",
  "conversation.language",
  "handoff.reference",
  "date.today",
] as const;

export type Variable = (typeof VARIABLES)[number];
export type Values = Record<Variable, string | null>;

// The blanks around a name are taken off afterwards: a pattern for them would try each way to share them out.
const VARIABLE = /\{\{([^{}]*)\}\}/g;
const REFERENCE = 8; // characters of the handoff's id: enough to find it again, few enough to be read out

/** What the conversation has for each variable, in the words of the answer's language; null where it has nothing. */
export function valuesOf(conversation: Conversation, me: Agent | null, language: string, now: Date): Values {
  const words: Record<string, string> = language === "zh" ? zh : en;
  const named = (kind: string, code: string | null | undefined) => (code ? (words[`${kind}.${code}`] ?? code) : null);
  const date = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "long" });
  return {
    "customer.name": conversation.customer?.name || null,
    "customer.tier": named("tier", conversation.customer?.tier),
    "agent.name": me?.name || null,
    "conversation.channel": named("channel", conversation.channel),
    "conversation.language": named("language", conversation.language),
    "handoff.reference": conversation.handoff?.id.slice(0, REFERENCE).toUpperCase() || null,
    "date.today": date.format(now),
  };
}

/** The text with what is known filled in; what is not stays as it is, for the agent to replace. */
export function filled(text: string, values: Values): string {
  return text.replace(VARIABLE, (whole, given: string) => {
    const name = given.trim();
    return isVariable(name) ? (values[name] ?? `{{${name}}}`) : whole;
  });
}

/** The text in pieces; those with a name are variables that are still open. */
export function piecesOf(text: string): { text: string; open: Variable | null }[] {
  const pieces: { text: string; open: Variable | null }[] = [];
  let done = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const name = match[1]!.trim();
    if (!isVariable(name)) continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index), open: null });
    pieces.push({ text: match[0], open: name });
    done = match.index + match[0].length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), open: null });
  return pieces;
}

/** Where the first open variable stands in the text; null when none is open. */
export function firstOpen(text: string): { from: number; to: number; name: Variable } | null {
  let from = 0;
  for (const piece of piecesOf(text)) {
    if (piece.open) return { from, to: from + piece.text.length, name: piece.open };
    from += piece.text.length;
  }
  return null;
}

/** What stands in the text as a variable and is none: the service would refuse it. */
export function unknownIn(text: string): string[] {
  const named = [...text.matchAll(VARIABLE)].map(([, name]) => name!.trim()).filter((name) => !isVariable(name));
  return [...new Set([...named, ...(text.replace(VARIABLE, "").includes("{{") ? ["{{"] : [])])];
}

const isVariable = (name: string): name is Variable => (VARIABLES as readonly string[]).includes(name);
