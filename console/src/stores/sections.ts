/** Which conversation belongs to which section of the inbox, and in which order. Pure. */
import type { Agent } from "@/api";
import type { Known } from "./store";

/** In the order of the inbox, and as the service counts them; the ones without end come last. */
export const SECTIONS = ["mine", "queue", "messages", "team", "colleagues", "outside", "snoozed", "resolved", "bot"] as const;
export type Section = (typeof SECTIONS)[number];
export type Sections = Record<Section, Known[]>;

export function sectionOf({ owner, outside, assignee, status, team, kind }: Known, me: Agent | null): Section {
  if (status === "resolved") return "resolved";
  if (owner === "bot" && kind === "message") return "messages";
  if (outside) return "outside";
  if (owner !== "agent") return owner;
  if (status === "snoozed") return "snoozed";
  if (assignee?.id === me?.id) return "mine";
  return team && team.id === me?.team_id ? "team" : "colleagues";
}

/** The queue in the service's order; what was left by when it is due; what people hold by how long ago it was asked for; the rest newest first. What left is in none. */
export function sections(conversations: Iterable<Known>, me: Agent | null): Sections {
  const groups = Object.fromEntries(SECTIONS.map((id) => [id, [] as Known[]])) as Sections;
  for (const conversation of conversations) {
    if (!conversation.left) groups[sectionOf(conversation, me)].push(conversation);
  }
  for (const section of ["mine", "team", "colleagues", "outside"] as const) groups[section].sort(by(asked));
  groups.messages.sort(by((c) => c.due_at ?? c.updated_at));
  groups.queue.sort(by((c) => [String(c.position ?? 1e6).padStart(7, "0"), asked(c)].join()));
  for (const section of ["snoozed", "bot", "resolved"] as const) groups[section].sort(by((c) => c.updated_at)).reverse();
  return groups;
}

const asked = (conversation: Known) => conversation.handoff?.requested_at ?? conversation.updated_at;

function by(key: (conversation: Known) => string) {
  const keys = new Map<Known, string>();
  const keyOf = (conversation: Known) => {
    const known = keys.get(conversation) ?? key(conversation);
    keys.set(conversation, known);
    return known;
  };
  return (a: Known, b: Known) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0);
}
