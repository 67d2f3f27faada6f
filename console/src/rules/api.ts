/** What the page of the rules asks of the service. */
import { all, call, given } from "@/api";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Rules = Schemas["RulesOut"];
export type RuleDraft = Schemas["DraftOut"];
export type RuleVersion = Schemas["VersionOut"];
export type Field = Schemas["FieldOut"];

/** A rule as JSON; what the service takes and gives. */
export interface RuleJson {
  id: string;
  name?: Record<string, string>;
  when: Record<string, unknown>;
  then: Record<string, unknown>;
}

export interface Count {
  count: number;
  conversations: string[];
}

export const CATEGORIES = ["gained", "not_by_then", "earlier", "later", "same", "by_hand"] as const;
export type Category = (typeof CATEGORIES)[number];
export type Row = { real: number; draft: number } & Record<Category, Count>;

interface Side {
  handoffs: number;
  agent_hours: number;
  served_at_once: number;
  most_waiting: number;
  gave_up: number;
  never_served: number;
  wait_seconds: { mean: number | null; p90: number | null; max: number | null };
}

interface Share {
  value: number | null;
  interval: [number, number] | null;
  hits: number;
  of: number;
}

/** What a backtest found; docs/guide/backtest.md says what each number means. */
export interface Backtest {
  inputs: { since: string; until: string };
  observed: { conversations: number; turns: number };
  handoffs: Row;
  by_rule: Record<string, Row>;
  by_topic: Record<string, Row>;
  load: { agents: number; real: Side | null; draft: Side | null };
  marks: {
    total: number;
    few: number;
    too_few: boolean;
    real: { precision: Share; recall: Share };
    draft: { precision: Share; recall: Share };
  };
}

export type Texts = { source: string } | { rules: RuleJson[] };

export const rules = {
  inForce: () => call<Rules>("GET", "/rules"),
  fields: () => call<Field[]>("GET", "/rules/fields"),
  versions: () => all<RuleVersion>("/rules/versions"),
  version: (version: number) => call<Rules>("GET", `/rules/versions/${version}`),
  putInForce: (version: number, base_version: number, note: string) =>
    call<Rules>("POST", `/rules/versions/${version}/activate`, given({ base_version, note })),
  draft: () => call<RuleDraft>("GET", "/rules/draft"),
  saveDraft: (texts: Texts, revision: number, base_version: number) =>
    call<RuleDraft>("PUT", "/rules/draft", { ...texts, revision, base_version }),
  dropDraft: (revision: number) => call<null>("DELETE", `/rules/draft?revision=${revision}`),
  activateDraft: (revision: number, note: string) =>
    call<Rules>("POST", "/rules/draft/activate", given({ revision, note })),
  /** @param version the version to try; null for the draft */
  backtest: (version: number | null, since: string | null, until: string | null) =>
    call<Backtest>("POST", "/rules/backtest", given({ version, since, until }), PATIENCE),
};

const PATIENCE = 120_000; // milliseconds: 50,000 turns on a busy machine
