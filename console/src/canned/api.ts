/** What the console asks of the service about canned answers. */
import { all, call } from "@/api";
import type { components } from "@/api/schema";

export type CannedAnswer = components["schemas"]["CannedOut"];
export type CannedGiven = Required<components["schemas"]["CannedIn"]>;

const at = (id: string) => `/canned/${encodeURIComponent(id)}`;

export const cannedApi = {
  all: () => all<CannedAnswer>("/canned"),
  create: (given: CannedGiven) => call<CannedAnswer>("POST", "/canned", given),
  replace: (id: string, given: CannedGiven) => call<CannedAnswer>("PUT", at(id), given),
  remove: (id: string) => call<null>("DELETE", at(id)),
};
