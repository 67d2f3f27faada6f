/** Everything the widget knows of one visit. Whoever shows it is called after each change, once for all of a moment. */
import { newId } from "@/lib/ids";
import { keep, perBrowser, recall } from "@/lib/stored";
import type { Attachment, Features, Item, Message, Session, State } from "../protocol/types";
import { Timeline } from "./timeline";
import { Unsent, type Entry } from "./unsent";

export type Connection = "idle" | "connecting" | "open" | "down" | "ended";

interface Kept {
  token: string | null;
  lastSeen: number;
}

export interface Words {
  text: string;
  payload?: string | undefined;
  files?: Attachment[];
  feedback?: { message: string; solved: boolean };
}

const QUIET: State = { owner: "bot", typing: false, can_leave_message: false };

export class Visit {
  token: string | null;
  /** the number of the newest message that was on the screen */
  lastSeen: number;
  connection: Connection = "idle";
  state: State = QUIET;
  features: Features = {};
  visitor: string | null = null;
  readonly timeline = new Timeline();
  readonly unsent: Unsent;
  readonly key: string;
  #listeners = new Set<() => void>();
  #telling = false;

  /**
   * @param place tells visits apart that share a browser's storage: web chat and site
   * @param customer whom the site has signed; their token is given anew on each page and is never kept here
   */
  constructor(place: string, readonly customer: string | null = null) {
    this.key = `baton.visit ${place}${customer === null ? "" : ` ${customer}`}`;
    const kept = recall<Partial<Kept>>(perBrowser, this.key);
    this.token = customer === null && typeof kept?.token === "string" ? kept.token : null;
    this.lastSeen = Number.isInteger(kept?.lastSeen) ? kept!.lastSeen! : 0;
    this.unsent = new Unsent(`${this.key} unsent `);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get messages(): Message[] {
    return this.timeline.messages;
  }

  get unread(): number {
    return this.messages.filter(({ number, author }) => number > this.lastSeen && author !== "customer").length;
  }

  /** Another tab may have begun the visit, or seen more of it. */
  recall(): void {
    const kept = recall<Partial<Kept>>(perBrowser, this.key);
    if (this.customer === null && typeof kept?.token === "string") this.token = kept.token;
    if (Number.isInteger(kept?.lastSeen)) this.lastSeen = Math.max(this.lastSeen, kept!.lastSeen!);
    this.changed();
  }

  opened({ token, visitor, features }: Session): void {
    if (this.visitor !== null && this.visitor !== visitor) this.timeline.clear();
    this.visitor = visitor;
    this.token = token;
    this.features = features ?? {};
    this.#keep();
  }

  enter(connection: Connection): void {
    if (this.connection === connection) return;
    this.connection = connection;
    this.changed();
  }

  became(state: State): void {
    this.state = state;
    this.changed();
  }

  /** Gives those that were new. */
  received(items: Item[]): Item[] {
    const fresh = items.filter((item) => this.timeline.add(item));
    for (const item of fresh) if ("client_id" in item && item.client_id) this.unsent.remove(item.client_id);
    if (fresh.length) this.changed();
    return fresh;
  }

  wrote({ text, payload, files, feedback }: Words): Entry {
    const more = {
      ...(payload && { payload }),
      ...(files?.length && { files, attachments: files.map(({ id }) => id) }),
      ...(feedback && { feedback }),
    };
    const entry = this.unsent.add({ client_id: newId(), text, at: new Date().toISOString(), ...more });
    this.changed();
    return entry;
  }

  /** Note how it goes with something unsent; an entry whose copy has come in the meantime stays gone. */
  mark(entry: Entry, state: Entry["state"], code?: string): void {
    if (!this.unsent.all.some(({ client_id }) => client_id === entry.client_id)) return;
    this.unsent.put({ ...entry, state, code });
    this.changed();
  }

  discard(entry: Entry): void {
    this.unsent.remove(entry.client_id);
    this.changed();
  }

  /** All that is here has been on the screen. */
  seen(): void {
    if (this.timeline.last <= this.lastSeen) return;
    this.lastSeen = this.timeline.last;
    this.#keep();
  }

  /** Begin anew; what was not sent yet goes with the visitor. */
  forget(): void {
    this.token = null;
    this.lastSeen = 0;
    this.timeline.clear();
    this.state = QUIET;
    this.#keep();
  }

  /** Tell whoever shows it. */
  changed(): void {
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      this.#listeners.forEach((listener) => listener());
    });
  }

  #keep(): void {
    const token = this.customer === null ? this.token : null;
    keep(perBrowser, this.key, { token, lastSeen: this.lastSeen } satisfies Kept);
    this.changed();
  }
}
