/** A conversation as lines: what was said, then what this agent has written and the service does not have yet. Pure. */
import type { Message } from "@/api";
import type { Unsent } from "@/composer/sending";

const TOGETHER = 3 * 60_000; // milliseconds; within it a second message of the same author needs no new heading

export interface Line {
  key: string;
  author: Message["author"];
  author_name: string | null;
  /** A note for colleagues. */
  private: boolean;
  text: string;
  attachments: readonly unknown[];
  sent_at: string;
  /** The author of the line above goes on. */
  goesOn: boolean;
  message: Message | null;
  unsent: Unsent | null;
}

/** A message keeps its key from the moment it is written: the client id, for those that have one. */
export function linesOf(messages: readonly Message[], unsent: readonly Unsent[], me: string): Line[] {
  const confirmed = new Set(messages.map(({ client_id }) => client_id));
  const lines: Line[] = messages.map((message) => ({
    key: message.client_id ?? message.id,
    author: message.author,
    author_name: message.author_name,
    private: message.private,
    text: message.text,
    attachments: message.attachments,
    sent_at: message.sent_at,
    goesOn: false,
    message,
    unsent: null,
  }));
  for (const entry of unsent) {
    if (confirmed.has(entry.client_id)) continue;
    lines.push({
      key: entry.client_id,
      author: "agent",
      author_name: me,
      private: entry.kind === "note",
      text: entry.text,
      attachments: entry.attachments ?? [],
      sent_at: entry.at,
      goesOn: false,
      message: null,
      unsent: entry,
    });
  }
  return lines.map((line, index) => ({ ...line, goesOn: goesOn(lines[index - 1], line) }));
}

function goesOn(above: Line | undefined, line: Line): boolean {
  return (
    above !== undefined &&
    above.author === line.author &&
    above.author_name === line.author_name &&
    above.private === line.private &&
    line.author !== "system" &&
    Date.parse(line.sent_at) - Date.parse(above.sent_at) < TOGETHER
  );
}

/** Of what the bot sent beside its words: what was offered to press, and pictures by their address. */
export function attachmentsOf(attachments: readonly unknown[]): { offers: string[]; addresses: string[] } {
  const found = { offers: [] as string[], addresses: [] as string[] };
  for (const data of attachments) {
    if (!data || typeof data !== "object") continue;
    const { buttons, quick_replies, image, attachment } = data as Record<string, unknown>;
    for (const offer of [buttons, quick_replies].flatMap((list) => (Array.isArray(list) ? list : []))) {
      if (offer?.title) found.offers.push(String(offer.title));
    }
    found.addresses.push(...[image, attachment].filter((value) => typeof value === "string"));
  }
  return found;
}
