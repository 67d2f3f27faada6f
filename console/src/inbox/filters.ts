/** What the inbox is narrowed to; it combines with the sections, and is kept in this browser for each agent. */
import { reactive, watch } from "vue";
import type { Conversation, Team } from "@/api";
import { keep, perBrowser, recall } from "@/lib/stored";

export const FILTERS = ["team", "assignee", "channel", "language", "priority", "topic"] as const;
export type Filter = (typeof FILTERS)[number];
/** By filter, the value that is wanted; "" is any. */
export type Filters = Record<Filter, string>;

const PRIORITIES = ["urgent", "high", "normal", "low"];
const NONE: Filters = { team: "", assignee: "", channel: "", language: "", priority: "", topic: "" };

export const isNarrowed = (filters: Filters) => FILTERS.some((name) => filters[name]);

/** The conversation's own value, as the service compares it. */
export function valueOf(conversation: Conversation, name: Filter): string {
  if (name === "team" || name === "assignee") return conversation[name]?.id ?? "";
  return conversation[name] ?? "";
}

export const matches = (conversation: Conversation, filters: Filters) =>
  FILTERS.every((name) => !filters[name] || valueOf(conversation, name) === filters[name]);

/** What there is to choose: what occurs, what is chosen, and all teams and priorities; each with its name by `named`. */
export function choices(
  name: Filter,
  conversations: Iterable<Conversation>,
  teams: Iterable<Team>,
  chosen: string,
): { value: string; named: string | null }[] {
  if (name === "priority") return PRIORITIES.map((value) => ({ value, named: null }));
  const found = new Map<string, string | null>();
  if (name === "team") for (const team of teams) found.set(team.id, team.name);
  for (const conversation of conversations) {
    const value = valueOf(conversation, name);
    if (value && !found.get(value)) found.set(value, name === "team" || name === "assignee" ? conversation[name]!.name : null);
  }
  if (chosen && !found.has(chosen)) found.set(chosen, null);
  return [...found].map(([value, named]) => ({ value, named })).sort((a, b) => (a.named ?? a.value).localeCompare(b.named ?? b.value));
}

/** This agent's own, as they left them. */
export function useFilters(agentId: string): Filters {
  const stored = `baton.filters.${agentId}`;
  const known = recall<Partial<Filters>>(perBrowser, stored) ?? {};
  const kept = FILTERS.filter((name) => typeof known[name] === "string").map((name) => [name, known[name]]);
  const filters = reactive<Filters>({ ...NONE, ...Object.fromEntries(kept) });
  watch(
    () => ({ ...filters }),
    (now) => keep(perBrowser, stored, isNarrowed(now) ? now : null),
  );
  return filters;
}

export function clear(filters: Filters): void {
  Object.assign(filters, NONE);
}
