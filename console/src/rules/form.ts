/** A rule as the form has it, and back as JSON. Pure. */
import type { RuleJson } from "./api";
import { group, newKey, readCondition, test, unfinished, writeCondition, type Group } from "./tree";

export const PRIORITIES = ["normal", "high", "urgent"] as const;

type Texts = { zh: string; en: string };

export interface RuleForm {
  key: number;
  id: string;
  name: Texts;
  when: Group;
  handOver: boolean;
  priority: string; // "" leaves it as it is
  required: string[];
  preferred: string[];
  strict: string[];
  message: Texts;
  alert: "" | "plain" | "text";
  alertText: Texts;
}

export function readRule({ id, name, when, then }: RuleJson): RuleForm {
  const skills = (then.skills ?? {}) as Record<string, string[]>;
  const alert = then.alert as boolean | Record<string, string> | undefined;
  return {
    key: newKey(),
    id,
    name: texts(name),
    when: readCondition(when),
    handOver: then.hand_over === true,
    priority: (then.priority as string | undefined) ?? "",
    required: [...(skills.required ?? [])],
    preferred: [...(skills.preferred ?? [])],
    strict: [...(skills.strict ?? [])],
    message: texts(then.message as Record<string, string> | undefined),
    alert: typeof alert === "object" ? "text" : alert ? "plain" : "",
    alertText: texts(typeof alert === "object" ? alert : undefined),
  };
}

export function writeRule(rule: RuleForm): RuleJson {
  const skills = filled({
    required: rule.required,
    preferred: rule.preferred,
    strict: rule.strict.filter((skill) => rule.required.includes(skill)),
  });
  const alert = rule.alert === "text" ? given(rule.alertText) : rule.alert === "plain";
  const name = given(rule.name);
  return {
    id: rule.id.trim(),
    ...(name && { name }),
    when: writeCondition(rule.when),
    then: filled({
      hand_over: rule.handOver,
      priority: rule.priority,
      skills,
      message: rule.handOver ? given(rule.message) : null,
      alert,
    }),
  };
}

/** A rule that says something, to be changed: ids are told apart by a number. */
export function newRule(others: readonly RuleForm[]): RuleForm {
  return {
    ...readRule({ id: freeId("new_rule", others), when: {}, then: { hand_over: true } }),
    when: group("all", [test("topic", "eq", "refund")]),
  };
}

export function copyRule(rule: RuleForm, others: readonly RuleForm[]): RuleForm {
  return { ...readRule(writeRule(rule)), id: freeId(rule.id, others) };
}

function freeId(wanted: string, others: readonly RuleForm[]): string {
  const taken = new Set(others.map(({ id }) => id));
  if (!taken.has(wanted)) return wanted;
  let number = 2;
  while (taken.has(`${wanted}_${number}`)) number += 1;
  return `${wanted}_${number}`;
}

export const isUnfinished = (rule: RuleForm) => !rule.id.trim() || unfinished(rule.when);

/** The rule that a mistake is about: 3 of "rules[3].when.any[1].sentiment.lte"; null for the whole text. */
export function ruleOf(place: string): number | null {
  const found = /^rules\[(\d+)\]/.exec(place);
  return found ? Number(found[1]) : null;
}

const texts = (given: Record<string, string> | undefined): Texts => ({ zh: given?.zh ?? "", en: given?.en ?? "" });

/** The texts if there is one at all; the service says when one is missing. */
function given(texts: Texts): Record<string, string> | null {
  const said = Object.entries(texts).filter(([, text]) => text.trim());
  return said.length ? Object.fromEntries(said) : null;
}

function filled(fields: Record<string, unknown>): Record<string, unknown> {
  const empty = (value: unknown) =>
    !value || (typeof value === "object" && !Object.keys(value as object).length);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !empty(value)));
}
