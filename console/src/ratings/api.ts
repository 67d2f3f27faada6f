/** What the page of satisfaction asks of the service. */
import { call, page } from "@/api";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Satisfaction = Schemas["SatisfactionOut"];
export type SatisfactionOf = Schemas["SatisfactionOf"];
export type Rating = Schemas["RatingOut"];

/** @param since ISO 8601, null from the beginning */
export const ratings = {
  summary: (since: string | null) =>
    call<Satisfaction>("GET", `/ratings/summary${since ? `?since=${encodeURIComponent(since)}` : ""}`),
  commented: (since: string | null, cursor: string | null) =>
    page<Rating>("/ratings", { commented: true, since, cursor, limit: 20 }),
};
