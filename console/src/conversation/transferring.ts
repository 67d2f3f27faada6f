/** To whom a conversation can be passed on. Pure. */
import type { Colleague, Team } from "@/api";

/** Whether they could be given a conversation now; the service has the last word. */
export const canTake = ({ presence, has_room }: Colleague) => presence === "online" && has_room;

/** Who could take it first, the others after them; by name within each. */
export function byReach(colleagues: readonly Colleague[]): Colleague[] {
  return [...colleagues].sort((a, b) => Number(canTake(b)) - Number(canTake(a)));
}

/** What colleagues can do, each once; what only the agent who asks can do leads to nobody. */
export function skillsOf(colleagues: readonly Colleague[]): string[] {
  return [...new Set(colleagues.flatMap(({ skills }) => skills))].sort();
}

/** Teams in which there is a colleague: one with the agent alone who asks leads to nobody. */
export function staffed(teams: readonly Team[], colleagues: readonly Colleague[]): Team[] {
  return teams.filter(({ id }) => colleagues.some(({ team_id }) => team_id === id));
}
