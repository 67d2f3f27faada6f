/** What the teams' page asks of the service. */
import { all, call, type Agent, type Team } from "@/api";
import type { components } from "@/api/schema";

export type TeamIn = components["schemas"]["TeamIn"];

const at = (id: string) => `/teams/${encodeURIComponent(id)}`;

export const teams = {
  agents: () => all<Agent>("/agents"),
  create: (team: TeamIn) => call<Team>("POST", "/teams", team),
  change: (id: string, team: TeamIn) => call<Team>("PATCH", at(id), team),
  remove: (id: string) => call<null>("DELETE", at(id)),
};
