/** What somebody who follows a one-time link asks of the service. */
import { call } from "@/api";
import type { components } from "@/api/schema";

export type Invited = components["schemas"]["InvitedOut"];

export const join = {
  look: (secret: string) => call<Invited>("POST", "/invitations/look", { secret }),
  accept: (secret: string, password: string) => call<null>("POST", "/invitations/accept", { secret, password }),
};
