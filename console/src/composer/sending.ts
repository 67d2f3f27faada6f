/**
 * What this agent has written and the service has not confirmed. Every message has a client id from the start: a
 * repeat of the same id is the same message, so after a lost connection sending again is always safe.
 */
import { shallowRef } from "vue";
import { api, asApiError, type Chosen, type Message } from "@/api";
import type { Attachment } from "@/attachments/api";
import { newId } from "@/lib/ids";
import { keep, perTab, recall } from "@/lib/stored";
import type { Kind } from "./writing";

const PAUSES = [1_000, 2_000, 4_000, 8_000]; // then the agent decides: longer silence is no hiccup

export interface Unsent {
  readonly conversation: string;
  readonly client_id: string;
  readonly kind: Kind;
  readonly text: string;
  readonly attachments?: readonly Attachment[]; // none in what an earlier version of this page has kept
  /** What `text` was filled in from, where the channel lets nothing else through. */
  readonly template?: Chosen;
  readonly at: string;
  /** `failed`: worth another try as it is; `refused`: the service said no. */
  readonly state: "sending" | "failed" | "refused";
  readonly error?: { status: number; type: string; message: string; retryAfter: number };
}

export class Sending {
  readonly #key: string;
  readonly #entries = shallowRef<readonly Unsent[]>([]);
  #stopped = false;
  readonly #busy = new Set<string>(); // conversations with a sender at work: one at a time keeps the order

  /** @param stored gets each message that the service has taken */
  constructor(agentId: string, private readonly stored: (conversation: string, message: Message) => void) {
    this.#key = `baton.unsent.${agentId}`; // per tab: a reload in the middle of sending loses nothing
    const kept = recall<Unsent[]>(perTab, this.#key);
    const entries = Array.isArray(kept) ? kept : [];
    this.#entries.value = entries.map((entry) => (entry.state === "sending" ? { ...entry, state: "failed" } : entry));
  }

  /** Entries of a conversation, oldest first. */
  of(conversation: string): Unsent[] {
    return this.#entries.value.filter((entry) => entry.conversation === conversation);
  }

  say(
    conversation: string,
    kind: Kind,
    text: string,
    attachments: readonly Attachment[] = [],
    template?: Chosen,
  ): void {
    const at = new Date().toISOString();
    const given = { conversation, client_id: newId(), kind, text, attachments, at };
    const entry: Unsent = { ...given, ...(template && { template }), state: "sending" };
    this.#note([...this.#entries.value, entry]);
    void this.#work(conversation);
  }

  retry(entry: Unsent): void {
    this.#change((other) => other.client_id === entry.client_id, "sending");
    void this.#work(entry.conversation);
  }

  discard(entry: Unsent): void {
    this.#note(this.#entries.value.filter((other) => other.client_id !== entry.client_id));
  }

  /** The line is back: what failed for want of it goes on by itself. */
  resume(): void {
    this.#change((entry) => entry.state === "failed", "sending");
    new Set(this.#entries.value.map((entry) => entry.conversation)).forEach((id) => void this.#work(id));
  }

  /** The agent leaves: nothing of theirs is kept for whoever logs in next. */
  clear(): void {
    this.#note([]);
  }

  /** No further attempts by this object; what is stored goes out after the next log-in. */
  stop(): void {
    this.#stopped = true;
  }

  async #work(conversation: string): Promise<void> {
    if (this.#busy.has(conversation)) return;
    this.#busy.add(conversation);
    try {
      for (;;) {
        const entry = this.of(conversation).find(({ state }) => state === "sending");
        if (!entry || this.#stopped) return;
        await this.#send(entry);
      }
    } finally {
      this.#busy.delete(conversation);
    }
  }

  async #send(entry: Unsent): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const { conversation, text, client_id, template } = entry;
        const files = (entry.attachments ?? []).map(({ id }) => id);
        const message = await (entry.kind === "note"
          ? api.note(conversation, text, client_id, files)
          : api.say(conversation, text, client_id, files, template));
        this.stored(entry.conversation, message);
        this.discard(entry);
        return;
      } catch (caught) {
        if (this.#stopped) return;
        const error = asApiError(caught);
        const pause = PAUSES[attempt];
        if (error.passing && pause !== undefined) {
          await new Promise((resolve) => setTimeout(resolve, Math.max(pause, error.retryAfter * 1000)));
          if (this.#stopped) return;
          if (this.of(entry.conversation).some(({ client_id }) => client_id === entry.client_id)) continue;
          return;
        }
        // Later ones wait too: an answer that overtakes another one reads wrong.
        this.#change(({ conversation, state }) => conversation === entry.conversation && state === "sending", "failed");
        const state = error.passing || error.status === 401 ? "failed" : "refused";
        const { status, type, message, retryAfter } = error;
        this.#change(({ client_id }) => client_id === entry.client_id, state, { status, type, message, retryAfter });
        return;
      }
    }
  }

  #change(which: (entry: Unsent) => boolean, state: Unsent["state"], error?: Unsent["error"]): void {
    this.#note(this.#entries.value.map((entry) => (which(entry) ? { ...entry, state, ...(error && { error }) } : entry)));
  }

  #note(entries: readonly Unsent[]): void {
    this.#entries.value = entries;
    keep(perTab, this.#key, entries);
  }
}
