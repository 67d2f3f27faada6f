/** What the page of the agents asks of the service. */
import { all, call, given, type Agent } from "@/api";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Invitation = Schemas["InvitationOut"];
export type NewAgent = Partial<Schemas["AgentIn"]> & { email: string; name: string };
export type AgentChange = Partial<Schemas["AgentChange"]>;

const at = (id: string) => `/agents/${encodeURIComponent(id)}`;

export const people = {
  agents: () => all<Agent>("/agents"),
  create: (agent: NewAgent) => call<Agent>("POST", "/agents", agent),
  change: (id: string, change: AgentChange) => call<Agent>("PATCH", at(id), given(change)),
  invite: (id: string) => call<Invitation>("POST", `${at(id)}/invitation`),
};
