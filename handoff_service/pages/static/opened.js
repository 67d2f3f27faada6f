/** The conversation on the screen: loading it, what the agent does with it, what they write. */
import { api } from "./api.js";
import { composer } from "./composer.js";
import { askForEnding } from "./dialog.js";
import { byId } from "./dom.js";
import { Follower } from "./follower.js";
import { allowed, drawComposer, drawPane } from "./pane.js";
import { Transcript } from "./transcript.js";

export class Opened {
  claimed = new Set(); // taken by this agent's own hand
  #drafts = new Map(); // what was typed stays with its conversation
  #read = new Map(); // conversation id → the state that was reported as read
  #handlers = new AbortController();

  /** @param attempt runs an action and tells the agent when it fails */
  constructor(store, sending, attempt) {
    this.store = store;
    this.sending = sending;
    this.attempt = attempt;
    const follower = new Follower(byId("log"), byId("newest"), this.#handlers.signal);
    this.transcript = new Transcript(byId("log"), follower, {
      resend: (message) => this.#resend(message),
      retry: (entry) => sending.retry(entry),
      discard: (entry) => sending.discard(entry),
    });
    this.form = byId("composer");
    this.composer = composer(this.form, (text) => this.#say(text), this.#handlers.signal);
    this.#on("claim", () => this.#claim());
    this.#on("give-back", () => this.#end("return", api.giveBack));
    this.#on("resolve", () => this.#end("resolve", api.resolve));
    this.#on("earlier", () => (location.hash = this.#conversation.previous_id));
    this.#on("back", () => (location.hash = ""));
    this.#on("load-again", () => this.reload());
  }

  get #conversation() {
    return this.store.conversations.get(this.store.selected);
  }

  /** Show the conversation that the address names; none when it names none. */
  follow(id) {
    const before = this.store.selected;
    if (before === (id || null)) return;
    if (before) this.#drafts.set(before, this.composer.text);
    this.store.select(id || null);
    this.composer.text = this.#drafts.get(id) ?? "";
    this.reload();
    this.store.changed();
    const pointer = matchMedia("(pointer: fine)").matches; // on a phone, focus would open the keyboard
    if (pointer && this.#conversation && allowed(this.#conversation, this.store.me).mine) this.composer.focus();
  }

  /** Fetch the conversation on the screen, complete. */
  async reload() {
    const id = this.store.selected;
    if (!id) return;
    byId("loading-failed").hidden = true;
    byId("log").setAttribute("aria-busy", "true");
    try {
      const [conversation] = await Promise.all([
        api.conversation(id),
        this.store.loadMessages(id, () => api.messages(id)),
      ]);
      if (this.store.selected === id) this.store.putConversation(conversation);
    } catch (error) {
      if (this.store.selected !== id) return;
      if (error.status === 404) this.store.lose(id);
      else byId("loading-failed").hidden = false;
    } finally {
      byId("log").removeAttribute("aria-busy");
      this.store.changed();
    }
  }

  close() {
    this.#handlers.abort();
    this.composer.text = "";
    this.transcript.forget();
  }

  draw() {
    const conversation = this.#conversation;
    byId("conversation").hidden = !conversation;
    byId("nothing-open").hidden = Boolean(conversation);
    if (!conversation) {
      this.transcript.forget();
      return;
    }
    const { id } = conversation;
    const me = this.store.me;
    drawPane(conversation, me);
    drawComposer(this.form, conversation, me);
    this.composer.refresh();
    this.transcript.show(id, this.store.messages(id), this.sending.of(id), me, allowed(conversation, me).mine);
    this.#reportRead(conversation);
  }

  /** Whether the agent is looking at it: then nothing in it is unread. */
  isSeen({ id }) {
    return id === this.store.selected && document.visibilityState === "visible";
  }

  #reportRead(conversation) {
    const { id, unread, updated_at } = conversation;
    if (!unread || !this.isSeen(conversation) || !allowed(conversation, this.store.me).mine) return;
    const state = `${unread} ${updated_at}`;
    if (this.#read.get(id) === state) return;
    this.#read.set(id, state);
    // Failing changes nothing on this screen; the next message, or the next opening, reports again.
    api.read(id).then((answer) => this.#put(answer), () => this.#read.delete(id));
  }

  #put(conversation) {
    this.store.putConversation(conversation);
    this.store.changed();
  }

  #say(text) {
    this.#drafts.delete(this.store.selected);
    this.sending.say(this.store.selected, text);
  }

  async #claim() {
    const { id, epoch } = this.#conversation;
    this.claimed.add(id);
    byId("claim").disabled = true;
    const done = await this.attempt(async () => this.#put(await api.claim(id, epoch)));
    byId("claim").disabled = false;
    if (done) this.composer.focus();
    else {
      this.claimed.delete(id);
      this.reload();
    }
  }

  async #end(kind, call) {
    const { id, epoch } = this.#conversation;
    const ending = await askForEnding(kind);
    if (ending === null) return;
    this.claimed.delete(id);
    const done = await this.attempt(async () => this.#put(await call(id, epoch, ending)));
    if (!done) this.reload();
  }

  #resend(message) {
    const id = this.store.selected;
    this.attempt(async () => this.store.putMessage(id, await api.resend(id, message.id)));
  }

  #on(id, act) {
    byId(id).addEventListener("click", act, { signal: this.#handlers.signal });
  }
}
