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
  { id: "wall", label: "page.wall", supervisors: true, view: defineAsyncComponent(() => import("@/wall/WallPage.vue")) },
  { id: "satisfaction", label: "page.satisfaction", supervisors: true, view: defineAsyncComponent(() => import("@/ratings/SatisfactionPage.vue")) },
  { id: "teams", label: "page.teams", supervisors: true, view: defineAsyncComponent(() => import("@/teams/TeamsPage.vue")) },
  { id: "closing", label: "page.closing", supervisors: true, view: defineAsyncComponent(() => import("@/closing/CategoriesPage.vue")) },
  { id: "rules", label: "page.rules", supervisors: true, view: defineAsyncComponent(() => import("@/rules/RulesPage.vue")) },
  { id: "people", label: "page.people", supervisors: true, view: defineAsyncComponent(() => import("@/people/PeoplePage.vue")) },
  { id: "hours", label: "page.hours", supervisors: true, view: defineAsyncComponent(() => import("@/hours/HoursPage.vue")) },
  { id: "audit", label: "page.audit", supervisors: true, view: defineAsyncComponent(() => import("@/audit/AuditPage.vue")) },
];

export const pagesFor = (supervises: boolean) => PAGES.filter((page) => supervises || !page.supervisors);
