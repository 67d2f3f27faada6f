/** What the panel about the customer asks of the service. */
import { call } from "@/api";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Profile = Schemas["Profile"];
export type ProfileChange = Partial<Schemas["ProfileChange"]>;
export type Orders = Schemas["OrdersOut"];
export type Order = Schemas["OrderOut"];

const at = (id: string) => `/conversations/${encodeURIComponent(id)}`;

export const customers = {
  profile: (id: string) => call<Profile>("GET", `${at(id)}/customer`),
  change: (id: string, change: ProfileChange) => call<Profile>("PATCH", `${at(id)}/customer`, change),
  orders: (id: string) => call<Orders>("GET", `${at(id)}/orders`),
  block: (id: string, reason: string, until: string | null) => call("POST", `${at(id)}/block`, { reason, until }),
  unblock: (id: string) => call("DELETE", `${at(id)}/block`),
};
