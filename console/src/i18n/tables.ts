/** The words of the console: one flat table per feature and language; together they are one table with equal keys. */
import auditEn from "./en/audit.json";
import deskEn from "./en/desk.json";
import pagesEn from "./en/pages.json";
import auditZh from "./zh-CN/audit.json";
import deskZh from "./zh-CN/desk.json";
import pagesZh from "./zh-CN/pages.json";

export const en = {
  ...auditEn,
  ...deskEn,
  ...pagesEn,
};

export type Key = keyof typeof en;

export const zh: Record<Key, string> = {
  ...auditZh,
  ...deskZh,
  ...pagesZh,
};
