/** What a form has to know of the fields that a rule may test. */
import { inject, type InjectionKey, type Ref } from "vue";
import type { Field } from "./api";
import type { Operator, Test } from "./tree";

export const FIELDS: InjectionKey<Ref<Map<string, Field>>> = Symbol("fields");

export const useFields = () => inject(FIELDS)!;

const OPERATORS: Record<Field["kind"], readonly Operator[]> = {
  flag: ["eq"],
  number: ["gte", "lte", "eq"],
  text: ["eq", "in"],
  tags: ["eq", "in"],
};

export const operatorsOf = (field: Field | undefined) => (field ? OPERATORS[field.kind] : []);

/** What a test of this field begins with. */
export function firstValue(field: Field, operator: Operator): Test["value"] {
  if (operator === "in") return field.choices.slice(0, 1);
  if (field.kind === "flag") return true;
  if (field.kind === "number") return field.low ?? 0;
  return field.choices[0] ?? "";
}
