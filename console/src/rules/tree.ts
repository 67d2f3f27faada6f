/**
 * The condition of a rule as a tree that a form can show, and back as the JSON that the service takes. Pure.
 * What is written reads back as the same tree; "not" holds when not all of its parts do.
 */
export type Operator = "eq" | "in" | "gte" | "lte";
export type Scalar = boolean | number | string | null;

export interface Test {
  key: number;
  kind: "test";
  field: string;
  operator: Operator;
  value: Scalar | Scalar[];
}

export interface Group {
  key: number;
  kind: "all" | "any" | "not";
  parts: Branch[];
}

export type Branch = Test | Group;
type Json = Record<string, unknown>;

let keys = 0;
/** For Vue: what is moved or removed keeps the other parts as they are on the screen. */
export const newKey = () => (keys += 1);

export const group = (kind: Group["kind"], parts: Branch[] = []): Group => ({ key: newKey(), kind, parts });

export function test(field: string, operator: Operator, value: Test["value"]): Test {
  return { key: newKey(), kind: "test", field, operator, value };
}

export function readCondition(when: Json): Group {
  const parts = Object.entries(when).flatMap(([name, value]) => readEntry(name, value));
  const [only] = parts;
  return parts.length === 1 && only!.kind !== "test" && only!.kind !== "not" ? only! : group("all", parts);
}

function readEntry(name: string, value: unknown): Branch[] {
  if (name === "all" || name === "any") return [group(name, (value as Json[]).map(readPart))];
  if (name === "not") return [group("not", Object.entries(value as Json).flatMap(([inner, each]) => readEntry(inner, each)))];
  if (Array.isArray(value)) return [test(name, "in", value as Scalar[])];
  if (value !== null && typeof value === "object") {
    return Object.entries(value).map(([operator, each]) => test(name, operator as Operator, each as Scalar));
  }
  return [test(name, "eq", value as Scalar)];
}

function readPart(condition: Json): Branch {
  const whole = readCondition(condition);
  return whole.kind === "all" && whole.parts.length === 1 ? whole.parts[0]! : whole;
}

export function writeCondition(branch: Branch): Json {
  switch (branch.kind) {
    case "test":
      return { [branch.field]: writeTest(branch) };
    case "any":
      return { any: branch.parts.map(writeCondition) };
    case "not":
      return { not: together(branch.parts) };
    case "all":
      return together(branch.parts);
  }
}

function writeTest({ operator, value }: Test): unknown {
  return operator === "eq" || operator === "in" ? value : { [operator]: value };
}

/** As one mapping where no name would stand in it twice, else as a list. */
function together(parts: Branch[]): Json {
  const written = parts.map(writeCondition);
  const names = written.flatMap((each) => Object.keys(each));
  if (new Set(names).size === names.length && names.length) return Object.assign({}, ...written) as Json;
  return { all: written };
}

/** Places in the tree where the form is not filled in; the service says the rest. */
export function unfinished(branch: Branch): boolean {
  if (branch.kind !== "test") return !branch.parts.length || branch.parts.some(unfinished);
  if (Array.isArray(branch.value)) return !branch.value.length;
  return branch.value === "" || Number.isNaN(branch.value);
}
