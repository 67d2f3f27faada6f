/** The words of the console: one flat table per feature and language; together they are one table with equal keys. */
import assistEn from "./en/assist.json";
import auditEn from "./en/audit.json";
import cannedEn from "./en/canned.json";
import closingEn from "./en/closing.json";
import customerEn from "./en/customer.json";
import deskEn from "./en/desk.json";
import filesEn from "./en/files.json";
import hoursEn from "./en/hours.json";
import joinEn from "./en/join.json";
import messagesEn from "./en/messages.json";
import pagesEn from "./en/pages.json";
import peopleEn from "./en/people.json";
import ratingsEn from "./en/ratings.json";
import repliesEn from "./en/replies.json";
import rulesEn from "./en/rules.json";
import teamsEn from "./en/teams.json";
import typingEn from "./en/typing.json";
import wallEn from "./en/wall.json";
import assistZh from "./zh-CN/assist.json";
import auditZh from "./zh-CN/audit.json";
import cannedZh from "./zh-CN/canned.json";
import closingZh from "./zh-CN/closing.json";
import customerZh from "./zh-CN/customer.json";
import deskZh from "./zh-CN/desk.json";
import filesZh from "./zh-CN/files.json";
import hoursZh from "./zh-CN/hours.json";
import joinZh from "./zh-CN/join.json";
import messagesZh from "./zh-CN/messages.json";
import pagesZh from "./zh-CN/pages.json";
import peopleZh from "./zh-CN/people.json";
import ratingsZh from "./zh-CN/ratings.json";
import repliesZh from "./zh-CN/replies.json";
import rulesZh from "./zh-CN/rules.json";
import teamsZh from "./zh-CN/teams.json";
import typingZh from "./zh-CN/typing.json";
import wallZh from "./zh-CN/wall.json";

export const en = {
  ...assistEn,
  ...auditEn,
  ...cannedEn,
  ...closingEn,
  ...customerEn,
  ...deskEn,
  ...filesEn,
  ...hoursEn,
  ...joinEn,
  ...messagesEn,
  ...pagesEn,
  ...peopleEn,
  ...ratingsEn,
  ...repliesEn,
  ...rulesEn,
  ...teamsEn,
  ...typingEn,
  ...wallEn,
};

export type Key = keyof typeof en;

export const zh: Record<Key, string> = {
  ...assistZh,
  ...auditZh,
  ...cannedZh,
  ...closingZh,
  ...customerZh,
  ...deskZh,
  ...filesZh,
  ...hoursZh,
  ...joinZh,
  ...messagesZh,
  ...pagesZh,
  ...peopleZh,
  ...ratingsZh,
  ...repliesZh,
  ...rulesZh,
  ...teamsZh,
  ...typingZh,
  ...wallZh,
};
