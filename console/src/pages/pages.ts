/** Every page beside the conversations, once: the menu and what is shown are both made from this table. */
import { defineAsyncComponent, type Component } from "vue";
import type { Key } from "@/i18n";

export interface PageEntry {
  id: string;
  label: Key;
  /** Not for agents. */
  supervisors: boolean;
  /** Fetched when it is first looked at. It gets the desk as its `desk`. */
  view: Component;
}

export const PAGES: readonly PageEntry[] = [
  { id: "canned", label: "page.canned", supervisors: false, view: defineAsyncComponent(() => import("@/canned/CannedPage.vue")) },
  { id: "audit", label: "page.audit", supervisors: true, view: defineAsyncComponent(() => import("@/audit/AuditPage.vue")) },
];

export const pagesFor = (supervises: boolean) => PAGES.filter((page) => supervises || !page.supervisors);
