/**
 * What was written and is not with the server yet, kept in the browser: one entry of the storage for each message, so
 * that several tabs add and remove without overwriting each other.
 */
import type { Attachment, Outgoing } from "../protocol/types";

export interface Entry extends Outgoing {
  /** the order in which things were written in this browser */
  seq: number;
  at: string;
  files?: Attachment[];
  /** `sent`: the server has it, and its numbered copy has not come yet */
  state: "waiting" | "sent" | "failed";
  code?: string | undefined;
}

export class Unsent {
  #entries = new Map<string, Entry>();

  /** @param prefix of the storage's keys, one for each visit */
  constructor(private readonly prefix: string) {
    this.reload();
  }

  get all(): Entry[] {
    return [...this.#entries.values()].sort((a, b) => a.seq - b.seq);
  }

  get waiting(): Entry[] {
    return this.all.filter(({ state }) => state === "waiting");
  }

  /** Also what another tab has written, or left behind when it was closed. */
  reload(): void {
    try {
      for (let index = 0; index < localStorage.length; index++) {
        const key = localStorage.key(index)!;
        if (key.startsWith(this.prefix)) this.#read(localStorage.getItem(key));
      }
    } catch {
      // no storage: what is written lasts as long as the page
    }
  }

  add(entry: Omit<Entry, "seq" | "state">): Entry {
    const seq = Math.max(0, ...this.all.map((each) => each.seq)) + 1;
    return this.put({ ...entry, seq, state: "waiting" });
  }

  put(entry: Entry): Entry {
    this.#entries.set(entry.client_id, entry);
    try {
      if (entry.state === "sent") localStorage.removeItem(this.prefix + entry.client_id);
      else localStorage.setItem(this.prefix + entry.client_id, JSON.stringify(entry));
    } catch {
      // no storage, or it is full
    }
    return entry;
  }

  /** Its numbered copy is here, or it is not to be sent after all. */
  remove(client_id: string): void {
    this.#entries.delete(client_id);
    try {
      localStorage.removeItem(this.prefix + client_id);
    } catch {
      // there was none
    }
  }

  #read(json: string | null): void {
    try {
      const entry = JSON.parse(json ?? "null") as Entry | null;
      if (entry?.client_id && typeof entry.text === "string" && !this.#entries.has(entry.client_id)) {
        this.#entries.set(entry.client_id, entry);
      }
    } catch {
      // spoilt: nothing to send
    }
  }
}
