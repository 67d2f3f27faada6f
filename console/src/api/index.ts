/** What the console asks of the service. */
import { call } from "./http";
import type { Agent, Alert, Chosen, Colleague, Conversation, Counts, Ending, Explanation, Message, Page, Parting, Presence, Team, Transfer } from "./types";

export { ApiError, asApiError, call, type Mistake } from "./http";
export type * from "./types";

const PAGE = 200; // the most that the service gives at once

export type Query = Record<string, string | number | boolean | null | undefined>;

export function page<Item>(path: string, query: Query = {}): Promise<Page<Item>> {
  return call("GET", `${path}?${new URLSearchParams(given({ limit: PAGE, ...query }) as Record<string, string>)}`);
}

/** Every item of a paged list. */
export async function all<Item>(path: string, query: Query = {}): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const got: Page<Item> = await page(path, { ...query, cursor });
    items.push(...got.items);
    cursor = got.next_cursor;
  } while (cursor);
  return items;
}

/** What was filled in. */
export function given<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== "" && value !== null && value !== undefined),
  ) as Partial<Fields>;
}

const at = (id: string) => `/conversations/${encodeURIComponent(id)}`;

export const api = {
  login: (email: string, password: string) => call<{ agent: Agent }>("POST", "/auth/login", { email, password }),
  logout: () => call<null>("POST", "/auth/logout"),
  me: () => call<Agent>("GET", "/me"),
  setPresence: (status: Presence, conversations: Parting | null) =>
    call<Agent>("PUT", "/me/presence", given({ status, conversations })),

  /** Say that somebody is at the desk. */
  active: () => call<null>("POST", "/me/activity"),
  teams: () => call<Team[]>("GET", "/teams"),

  colleagues: () => call<Colleague[]>("GET", "/colleagues"),

  held: () => all<Conversation>("/conversations", { owner: "agent" }),
  queue: () => all<Conversation>("/conversations", { owner: "queue" }),
  /** Left by customers, and not picked up yet. */
  messagesLeft: () => all<Conversation>("/conversations", { kind: "message", owner: "bot", status: "open" }),
  /** What the bot has in hand, newest first, page by page: watching is not working. */
  withBot: (cursor: string | null, narrowed: Query = {}) =>
    page<Conversation>("/conversations", { kind: "live", owner: "bot", status: "open", cursor, ...narrowed }),
  resolved: (cursor: string | null, narrowed: Query = {}) =>
    page<Conversation>("/conversations", { status: "resolved", limit: 50, cursor, ...narrowed }),
  search: (q: string, cursor: string | null) => page<Conversation>("/conversations", { q, limit: 50, cursor }),
  counts: (narrowed: Query) =>
    call<Counts>("GET", `/conversations/counts?${new URLSearchParams(given(narrowed) as Record<string, string>)}`),

  conversation: (id: string) => call<Conversation>("GET", at(id)),
  explanation: (id: string, language: string) => call<Explanation>("GET", `${at(id)}/explanation?language=${language}`),
  messages: (id: string) => all<Message>(`${at(id)}/messages`),
  /** @param template is said in place of the text, which is what it comes to */
  say: (id: string, text: string, client_id: string, attachments: string[], template?: Chosen) =>
    call<Message>("POST", `${at(id)}/messages`, template ? { client_id, template } : { text, client_id, attachments }),
  note: (id: string, text: string, client_id: string, attachments: string[]) =>
    call<Message>("POST", `${at(id)}/notes`, { text, client_id, attachments }),
  resend: (id: string, message: string) =>
    call<Message>("POST", `${at(id)}/messages/${encodeURIComponent(message)}/resend`),
  recall: (id: string, message: string) =>
    call<Message>("POST", `${at(id)}/messages/${encodeURIComponent(message)}/recall`),
  read: (id: string) => call<Conversation>("POST", `${at(id)}/read`),
  claim: (id: string, epoch: number) => call<Conversation>("POST", `${at(id)}/claim`, { epoch }),
  transfer: (id: string, epoch: number, to: Partial<Transfer>) =>
    call<Conversation>("POST", `${at(id)}/transfer`, { epoch, ...given(to) }),
  assign: (id: string, epoch: number, agent_id: string, force = false) =>
    call<Conversation>("POST", `${at(id)}/assign`, { epoch, agent_id, force }),
  snooze: (id: string, epoch: number, until: string) =>
    call<Conversation>("POST", `${at(id)}/snooze`, { epoch, until }),
  reopen: (id: string, epoch: number) => call<Conversation>("POST", `${at(id)}/reopen`, { epoch }),
  giveBack: (id: string, epoch: number, ending: Partial<Ending>) =>
    call<Conversation>("POST", `${at(id)}/return`, { epoch, ...given(ending) }),
  resolve: (id: string, epoch: number, ending: Partial<Ending>) =>
    call<Conversation>("POST", `${at(id)}/resolve`, { epoch, ...given(ending) }),

  alerts: () => all<Alert>("/alerts", { open: true }),
  acknowledge: (id: string) => call<Alert>("POST", `/alerts/${encodeURIComponent(id)}/acknowledge`),
};

export type Api = typeof api;
