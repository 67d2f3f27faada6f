/** How an answer gets to a customer, as far as it is known; and by when one is owed. Pure. */
import type { Conversation } from "@/api";

export type Way = "here" | "here_mail" | "away" | "away_mail" | "mail" | "return" | "";

/** `away`: nobody mails them, so they see it when they return. Empty where the channel does not tell and none need know. */
export function wayTo({ kind, reach }: Conversation): Way {
  if (reach.connected) return reach.mail ? "here_mail" : "here";
  if (reach.connected === false) return reach.mail ? "away_mail" : "away";
  if (reach.mail) return "mail";
  return kind === "message" ? "return" : "";
}

/** Null where no answer is owed. */
export function dueness({ due_at, status }: Conversation, now: number): "due" | "overdue" | null {
  if (!due_at || status === "resolved") return null;
  return Date.parse(due_at) < now ? "overdue" : "due";
}
