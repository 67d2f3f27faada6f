/** What the page of the business hours asks of the service. */
import { call } from "@/api";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Hours = Schemas["HoursOut"];
export type HoursIn = Schemas["HoursIn"];
export type Span = Schemas["Span"];

export const hours = {
  get: () => call<Hours>("GET", "/business-hours"),
  put: (given: HoursIn) => call<Hours>("PUT", "/business-hours", given),
};
