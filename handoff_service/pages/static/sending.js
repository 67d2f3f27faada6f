/**
 * What this agent has written and the service has not confirmed. Every message has a client id from the start: a
 * repeat of the same id is the same message, so after a lost connection sending again is always safe.
 */
import { api } from "./api.js";
import { newId } from "./ids.js";

const PAUSES = [1_000, 2_000, 4_000, 8_000]; // then the agent decides: longer silence is no hiccup

export class Sending {
  #entries;
  #busy = new Set(); // conversations with a sender at work: one at a time keeps the order

  /** @param store gets the stored message; @param changed called after each change of state */
  constructor(agentId, store, changed) {
    this.stored = `baton.unsent.${agentId}`; // per tab: a reload in the middle of sending loses nothing
    this.#entries = load(this.stored);
    this.store = store;
    this.changed = changed;
  }

  /** Entries of a conversation, oldest first: {client_id, text, at, state: sending|failed|refused, error}. */
  of(conversationId) {
    const confirmed = new Set(this.store.messages(conversationId).map((message) => message.client_id));
    return this.#entries.filter((entry) => entry.conversation === conversationId && !confirmed.has(entry.client_id));
  }

  say(conversationId, text) {
    const now = new Date().toISOString();
    this.#entries.push({ conversation: conversationId, client_id: newId(), text, at: now, state: "sending" });
    this.#note();
    this.#work(conversationId);
  }

  retry(entry) {
    entry.state = "sending";
    entry.error = null;
    this.#note();
    this.#work(entry.conversation);
  }

  discard(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
    this.#note();
  }

  /** The line is back: what failed for want of it goes on by itself. */
  resume() {
    for (const entry of this.#entries) if (entry.state === "failed") entry.state = "sending";
    this.#note();
    new Set(this.#entries.map((entry) => entry.conversation)).forEach((id) => this.#work(id));
  }

  /** The agent leaves: nothing of theirs is kept for whoever logs in next. */
  clear() {
    this.#entries = [];
    this.#note();
  }

  /** No further attempts by this object; what is stored goes out after the next log-in. */
  stop() {
    this.#entries = [];
  }

  async #work(conversationId) {
    if (this.#busy.has(conversationId)) return;
    this.#busy.add(conversationId);
    try {
      for (;;) {
        const entry = this.#entries.find((e) => e.conversation === conversationId && e.state === "sending");
        if (!entry) return;
        await this.#send(entry);
      }
    } finally {
      this.#busy.delete(conversationId);
    }
  }

  async #send(entry) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const message = await api.say(entry.conversation, entry.text, entry.client_id);
        this.store.putMessage(entry.conversation, message);
        this.discard(entry);
        return;
      } catch (error) {
        if (error.passing && attempt < PAUSES.length) {
          const wait = Math.max(PAUSES[attempt], error.retryAfter * 1000);
          await new Promise((resolve) => setTimeout(resolve, wait));
          if (this.#entries.includes(entry)) continue;
          return;
        }
        // Later ones wait too: an answer that overtakes another one reads wrong.
        for (const other of this.#entries) {
          if (other.conversation === entry.conversation && other.state === "sending") other.state = "failed";
        }
        entry.state = error.passing || error.status === 401 ? "failed" : "refused";
        entry.error = { status: error.status, type: error.type };
        this.#note();
        return;
      }
    }
  }

  #note() {
    try {
      sessionStorage.setItem(this.stored, JSON.stringify(this.#entries));
    } catch {
      // no storage: unsent words live as long as the page
    }
    this.changed();
  }
}

function load(stored) {
  try {
    const entries = JSON.parse(sessionStorage.getItem(stored)) ?? [];
    return entries.map((entry) => ({ ...entry, state: entry.state === "sending" ? "failed" : entry.state }));
  } catch {
    return [];
  }
}
