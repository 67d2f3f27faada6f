/**
 * What this browser knows of a visit: who the visitor is, how far they have read, what is said and what is unsent.
 * The words themselves come from the server each time; only what is not there yet is kept here.
 */
import { newId } from "./ids.js";

const STORED = "baton.visit";

export class Visit {
  token = null;
  lastSeen = 0; // number of the newest message that was on the screen
  #messages = new Map(); // by number, so that a repeated one is shown once
  #unsent = [];

  constructor() {
    const kept = recall();
    this.token = typeof kept.token === "string" ? kept.token : null;
    this.lastSeen = Number.isInteger(kept.lastSeen) ? kept.lastSeen : 0;
    this.#unsent = Array.isArray(kept.unsent) ? kept.unsent : [];
    for (const entry of this.#unsent) if (entry.state === "sent") entry.state = "sending"; // its copy never came
  }

  /** The number up to which everything is here: what to ask for after a reconnection. */
  get last() {
    return Math.max(0, ...this.#messages.keys());
  }

  get messages() {
    return [...this.#messages.values()].filter(({ replaces }) => !replaces).sort((a, b) => a.number - b.number);
  }

  get unsent() {
    return this.#unsent;
  }

  get unread() {
    return this.messages.filter(({ number, author }) => number > this.lastSeen && author !== "customer").length;
  }

  /** The visitor is this one from now on; a different one begins with nothing. */
  opened(token) {
    if (this.token !== null && this.token !== token) this.forget();
    this.token = token;
    this.#keep();
  }

  received(message) {
    this.#messages.set(message.number, message);
    if (message.replaces) this.#change(message.replaces, { text: "", image: null, buttons: [], recalled: true });
    this.#unsent = this.#unsent.filter(({ client_id }) => client_id !== message.client_id);
    this.#keep();
  }

  /** Note what the visitor writes; `shown` is what they pressed when the words are a button's payload. */
  wrote(text, shown = text) {
    const entry = { client_id: newId(), text, shown, at: new Date().toISOString(), state: "sending" };
    this.#unsent.push(entry);
    this.#keep();
    return entry;
  }

  /** The server has it on disk: it is sent, also before its numbered copy arrives. */
  accepted(entry) {
    entry.state = "sent";
    this.#keep();
  }

  refused(entry, code) {
    entry.state = "failed";
    entry.code = code;
    this.#keep();
  }

  again(entry) {
    entry.state = "sending";
    entry.code = null;
    this.#keep();
  }

  discard(entry) {
    this.#unsent = this.#unsent.filter((other) => other !== entry);
    this.#keep();
  }

  /** All that is here has been on the screen. */
  seen() {
    if (this.last <= this.lastSeen) return;
    this.lastSeen = this.last;
    this.#keep();
  }

  /** Begin anew; what was not sent yet goes with the visitor. */
  forget() {
    this.token = null;
    this.lastSeen = 0;
    this.#messages.clear();
    this.#keep();
  }

  #change(id, values) {
    for (const [number, message] of this.#messages) {
      if (message.id === id) this.#messages.set(number, { ...message, ...values });
    }
  }

  #keep() {
    try {
      const { token, lastSeen } = this;
      localStorage.setItem(STORED, JSON.stringify({ token, lastSeen, unsent: this.#unsent }));
    } catch {
      // no storage: the visit lasts as long as the page
    }
  }
}

function recall() {
  try {
    return JSON.parse(localStorage.getItem(STORED)) ?? {};
  } catch {
    return {};
  }
}
