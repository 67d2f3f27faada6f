/** A template with the words for its variables, {{1}} to {{n}}. Pure. */
import type { Template } from "./api";

/** As the customer gets it; what is still to be filled in stays as it is. */
export function filled(body: string, values: readonly string[]): string {
  return body.replace(/\{\{(\d{1,2})\}\}/g, (variable, number) => values[Number(number) - 1]?.trim() || variable);
}

export function isFilled({ variables }: Template, values: readonly string[]): boolean {
  return Array.from({ length: variables }, (_, at) => values[at]?.trim()).every(Boolean);
}

/** What tells two of the same name apart. */
export const keyOf = ({ name, language }: Pick<Template, "name" | "language">) => `${name}/${language}`;
