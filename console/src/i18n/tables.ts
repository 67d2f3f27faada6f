/** The words of the console: one flat table per feature and language; together they are one table with equal keys. */
import auditEn from "./en/audit.json";
import cannedEn from "./en/canned.json";
import customerEn from "./en/customer.json";
import deskEn from "./en/desk.json";
import pagesEn from "./en/pages.json";
import repliesEn from "./en/replies.json";
import auditZh from "./zh-CN/audit.json";
import cannedZh from "./zh-CN/canned.json";
import customerZh from "./zh-CN/customer.json";
import deskZh from "./zh-CN/desk.json";
import pagesZh from "./zh-CN/pages.json";
import repliesZh from "./zh-CN/replies.json";

export const en = {
  ...auditEn,
  ...cannedEn,
  ...customerEn,
  ...deskEn,
  ...pagesEn,
  ...repliesEn,
};

export type Key = keyof typeof en;

export const zh: Record<Key, string> = {
  ...auditZh,
  ...cannedZh,
  ...customerZh,
  ...deskZh,
  ...pagesZh,
  ...repliesZh,
};
