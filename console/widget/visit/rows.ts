/** The log, row by row: days, where the news begin, what is numbered, and what is on its way. */
import type { Message } from "../protocol/types";
import type { Entry } from "./unsent";

export interface MessageRow {
  kind: "message";
  key: string;
  message: Message;
  /** the first of several by the same author: the one that names them */
  first: boolean;
  delivery: "" | "sent" | "read" | Entry["state"];
  entry: Entry | null;
  /** ask whether this answer has helped */
  asks: boolean;
}

export type Row = { kind: "day"; key: string; at: string } | { kind: "news"; key: string } | MessageRow;

const APART = 5 * 60_000; // after a pause of that length the author is named again

/**
 * @param news the number after which messages are news to the reader, 0 for none
 * @param readUpTo the number up to which the agent has read
 */
export function rowsOf(messages: Message[], unsent: Entry[], news: number, readUpTo: number): Row[] {
  const rows: Row[] = [];
  const lastOwn = unsent.length ? undefined : messages.filter(({ author }) => author === "customer").at(-1);
  const newest = unsent.length ? undefined : messages.at(-1);
  const firstNew = news ? messages.find(({ number, author }) => number > news && author !== "customer") : undefined;
  let before: Message | null = null;

  const add = (message: Message, more: Pick<MessageRow, "key" | "delivery" | "entry">) => {
    const day = dayOf(message.sent_at);
    const newDay = day !== "" && day !== (before ? dayOf(before.sent_at) : "");
    if (newDay) rows.push({ kind: "day", key: `day ${day}`, at: message.sent_at });
    if (message === firstNew) rows.push({ kind: "news", key: "news" });
    rows.push({
      kind: "message",
      message,
      first: newDay || message === firstNew || !before || !together(before, message),
      asks: message === newest && message.feedback === "ask" && !message.recalled,
      ...more,
    });
    before = message;
  };

  for (const message of messages) {
    const delivery = message !== lastOwn ? "" : readUpTo >= message.number ? "read" : "sent";
    add(message, { key: message.client_id ?? message.id, delivery, entry: null });
  }
  for (const entry of unsent.filter(({ feedback }) => !feedback?.solved)) add(asMessage(entry), { key: entry.client_id, delivery: entry.state, entry });
  return rows;
}

function asMessage({ client_id, text, at, files }: Entry): Message {
  return { number: 0, id: client_id, author: "customer", text, sent_at: at, ...(files && { attachments: files }) };
}

function together(one: Message, other: Message): boolean {
  const same = one.author === other.author && one.author_name === other.author_name;
  return same && !(Date.parse(other.sent_at) - Date.parse(one.sent_at) > APART);
}

function dayOf(iso: string): string {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? "" : moment.toDateString();
}
