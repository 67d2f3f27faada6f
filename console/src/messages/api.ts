/** What the console asks of the service about how a customer can be reached. */
import { call } from "@/api";
import type { components } from "@/api/schema";

export type Contact = components["schemas"]["ContactOut"];

export const contactOf = (id: string) => call<Contact>("GET", `/conversations/${encodeURIComponent(id)}/contact`);
