/** What the audit page asks of the service. */
import { page } from "@/api";
import type { components } from "@/api/schema";

export type AuditEntry = components["schemas"]["AuditOut"];

export const audit = (filter: { action: string; conversation_id: string }, cursor: string | null) =>
  page<AuditEntry>("/audit", { ...filter, cursor, limit: 100 });
