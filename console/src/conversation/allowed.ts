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

/** @param leads the team that they lead: its conversations are theirs to watch over, as all are a supervisor's */
export function allowed({ owner, outside, status, assignee, team, left }: Known, me: Agent | null, leads: string | null = null): Allowed {
  const open = status !== "resolved" && !left;
  const mine = open && owner === "agent" && assignee?.id === me?.id;
  const supervises = me?.role === "supervisor" || me?.role === "admin";
  const watches = open && owner !== "bot" && (supervises || (leads !== null && team?.id === leads));
  return {
    mine,
    note: !left,
    claim: open && !mine && !outside && (owner !== "agent" || watches),
    end: mine || (open && owner === "queue") || watches,
    transfer: mine || (watches && !outside),
    reopen: status === "resolved" && !left,
  };
}
