/** What the console asks of the service about closing categories. */
import { call } from "@/api";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type Category = Schemas["CategoryOut"];
export type CategoryChange = Partial<Schemas["CategoryChange"]>;
export type Ended = Schemas["HandoffRecord"];

const at = (id: string) => `/closing/categories/${encodeURIComponent(id)}`;
const conversation = (id: string) => `/conversations/${encodeURIComponent(id)}`;

export const closingApi = {
  categories: () => call<Category[]>("GET", "/closing/categories"),
  create: (given: { parent_id: string | null; names: Category["names"]; topics: string[] }) =>
    call<Category>("POST", "/closing/categories", given),
  change: (id: string, given: CategoryChange) => call<Category>("PATCH", at(id), given),
  remove: (id: string) => call<null>("DELETE", at(id)),
  suggestion: (id: string) => call<Schemas["ClosingSuggestion"]>("GET", `${conversation(id)}/closing`),
  handoffs: (id: string) => call<Ended[]>("GET", `${conversation(id)}/handoffs`),
};
