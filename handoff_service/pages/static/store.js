/**
 * What the desk knows: conversations, their messages, who I am. A snapshot goes *under* the stream's events:
 * what an event touched while the snapshot was on its way is newer than the snapshot and stays.
 */
import { instant } from "./time.js";

export class Store {
  me = null;
  selected = null; // the id of the conversation on the screen
  conversations = new Map();
  #messages = new Map(); // conversation id → message id → message, for those that were opened
  #touched = new Set(); // one set of ids per snapshot under way
  #listeners = new Set();

  onChange(listener) {
    this.#listeners.add(listener);
  }

  changed() {
    this.#listeners.forEach((listener) => listener());
  }

  clear() {
    this.me = null;
    this.selected = null;
    this.conversations.clear();
    this.#messages.clear();
  }

  /** Put a conversation on the screen. The one that was there goes if it was only kept for being there. */
  select(id) {
    const before = this.conversations.get(this.selected);
    if (before && (before.left || before.status === "resolved")) this.conversations.delete(before.id);
    this.selected = id;
    for (const other of this.#messages.keys()) if (other !== id) this.#messages.delete(other);
  }

  /** Apply one event of the stream; unknown types are of no concern to this page. */
  apply({ type, data }) {
    if (type === "conversation.updated") this.putConversation(data.conversation);
    else if (type === "conversation.left") this.lose(data.id);
    else if (type === "message.added" || type === "message.updated") {
      this.putMessage(data.conversation_id, data.message);
    } else if (type === "agent.updated") {
      if (data.agent.id === this.me?.id) this.me = { ...this.me, ...data.agent };
    } else return;
    this.changed();
  }

  putConversation(conversation) {
    this.#touch(conversation.id);
    const known = this.conversations.get(conversation.id);
    if (known && isOlder(conversation, known)) return;
    if (conversation.status === "resolved" && conversation.id !== this.selected) {
      this.conversations.delete(conversation.id);
    } else this.conversations.set(conversation.id, conversation);
  }

  putMessage(conversationId, message) {
    this.#touch(message.id);
    this.#messages.get(conversationId)?.set(message.id, message);
  }

  /** Conversations as of one moment, complete: what is missing has gone. */
  async loadConversations(fetch) {
    await this.#under(fetch, (conversations, touched) => {
      const there = new Set(conversations.map(({ id }) => id));
      for (const id of this.conversations.keys()) {
        if (!there.has(id) && !touched.has(id) && id !== this.selected) this.conversations.delete(id);
      }
      for (const conversation of conversations) {
        if (!touched.has(conversation.id)) this.conversations.set(conversation.id, conversation);
      }
    });
  }

  async loadMessages(conversationId, fetch) {
    if (!this.#messages.has(conversationId)) this.#messages.set(conversationId, new Map());
    await this.#under(fetch, (messages, touched) => {
      const known = this.#messages.get(conversationId);
      for (const message of messages) if (!touched.has(message.id)) known?.set(message.id, message);
    });
  }

  /** In the order they were said: by time, and by the service's own order within the same instant. */
  messages(conversationId) {
    const known = [...(this.#messages.get(conversationId)?.values() ?? [])];
    return known.sort((a, b) => instant(a.sent_at) - instant(b.sent_at) || a.seq - b.seq);
  }

  lists() {
    const groups = { mine: [], queue: [], others: [], bot: [] };
    for (const conversation of this.conversations.values()) groups[this.#group(conversation)]?.push(conversation);
    groups.mine.sort(by((c) => c.handoff?.requested_at ?? c.updated_at));
    groups.queue.sort(by((c) => [String(c.position ?? 1e6).padStart(7, "0"), c.handoff?.requested_at].join()));
    groups.others.sort(by((c) => c.handoff?.requested_at ?? c.updated_at));
    groups.bot.sort(by((c) => c.updated_at)).reverse();
    return groups;
  }

  #group({ owner, assignee, status }) {
    if (status === "resolved") return null;
    if (owner !== "agent") return owner;
    return assignee?.id === this.me?.id ? "mine" : "others";
  }

  /** It is no longer this agent's to see; what is on the screen stays there, marked. */
  lose(id) {
    this.#touch(id);
    if (id !== this.selected) this.conversations.delete(id);
    else if (this.conversations.has(id)) {
      this.conversations.set(id, { ...this.conversations.get(id), left: true });
    }
  }

  #touch(id) {
    this.#touched.forEach((ids) => ids.add(id));
  }

  async #under(fetch, merge) {
    const touched = new Set();
    this.#touched.add(touched);
    try {
      merge(await fetch(), touched);
    } finally {
      this.#touched.delete(touched);
    }
    this.changed();
  }
}

function isOlder(candidate, known) {
  if (candidate.epoch !== known.epoch) return candidate.epoch < known.epoch;
  return instant(candidate.updated_at) < instant(known.updated_at);
}

function by(key) {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}
