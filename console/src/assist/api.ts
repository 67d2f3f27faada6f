/** What the help for the agent asks of the service. */
import { call } from "@/api";
import type { components } from "@/api/schema";

export type Summary = components["schemas"]["SummaryOut"];
export type Suggestions = components["schemas"]["SuggestionsOut"];
export type Suggestion = components["schemas"]["SuggestionOut"];

const at = (id: string) => `/conversations/${encodeURIComponent(id)}`;

export const summaryOf = (id: string, language: string) => call<Summary>("GET", `${at(id)}/summary?language=${language}`);

export const suggestionsFor = (id: string, worded = false) =>
  call<Suggestions>("GET", `${at(id)}/suggestions${worded ? "?worded=true" : ""}`);
