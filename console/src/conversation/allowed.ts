/** What this agent may do with the conversation; the service has the last word. */
import type { Agent } from "@/api";
import type { Known } from "@/stores/store";

export interface Allowed {
  mine: boolean;
  note: boolean;
  claim: boolean;
  end: boolean;
  transfer: boolean;
  reopen: boolean;
}

export function allowed({ owner, status, assignee, left }: Known, me: Agent | null): Allowed {
  const open = status !== "resolved" && !left;
  const mine = open && owner === "agent" && assignee?.id === me?.id;
  const supervises = me?.role === "supervisor" || me?.role === "admin";
  const end = mine || (open && owner === "queue") || (open && owner === "agent" && supervises);
  const transfer = mine || (open && owner !== "bot" && supervises);
  return { mine, note: !left, claim: open && owner !== "agent", end, transfer, reopen: status === "resolved" && !left };
}
