/**
 * What the desk knows: who I am, conversations, their messages, alerts. A snapshot goes *under* the stream's events:
 * what an event touched while the snapshot was on its way is newer than the snapshot and stays. So a snapshot with the
 * events after it always comes to the same as a later snapshot (tests/console/stores/store.test.ts).
 */
import { shallowReactive, shallowRef } from "vue";
import type { Agent, Alert, Conversation, Message, Team } from "@/api";
import { instant } from "@/lib/time";
import type { StreamEvent } from "@/stream/events";

/** `left`: it is no longer this agent's to see; on the screen it stays as it was. */
export type Known = Conversation & { left?: boolean };

export class Store {
  readonly me = shallowRef<Agent | null>(null);
  /** The id of the conversation on the screen. */
  readonly selected = shallowRef<string | null>(null);
  readonly conversations = shallowReactive(new Map<string, Known>());
  readonly alerts = shallowReactive(new Map<string, Alert>());
  readonly teams = shallowReactive(new Map<string, Team>());
  readonly #messages = shallowReactive(new Map<string, Map<string, Message>>()); // only of what is on the screen
  readonly #touched = new Set<Set<string>>(); // one set of ids per snapshot under way

  clear(): void {
    this.me.value = null;
    this.selected.value = null;
    this.conversations.clear();
    this.alerts.clear();
    this.teams.clear();
    this.#messages.clear();
  }

  get supervises(): boolean {
    return this.me.value?.role === "supervisor" || this.me.value?.role === "admin";
  }

  /** The team that I lead, if any. */
  get leads(): string | null {
    for (const { id, lead } of this.teams.values()) if (lead && lead.id === this.me.value?.id) return id;
    return null;
  }

  /** Put a conversation on the screen. The one that was there goes if it was only kept for being there. */
  select(id: string | null): void {
    const before = this.selected.value;
    if (before && this.conversations.get(before)?.left) this.conversations.delete(before);
    this.selected.value = id;
    for (const other of [...this.#messages.keys()]) if (other !== id) this.#messages.delete(other);
  }

  /** Apply one event of the stream; unknown types are of no concern to the desk. */
  apply(event: StreamEvent): void {
    switch (event.type) {
      case "conversation.updated":
        return this.putConversation(event.data.conversation);
      case "conversation.left":
        return this.lose(event.data.id);
      case "message.added":
      case "message.updated":
        return this.putMessage(event.data.conversation_id, event.data.message);
      case "agent.updated":
        if (event.data.agent.id === this.me.value?.id) this.me.value = event.data.agent;
        return;
      case "team.updated":
        return this.putTeam(event.data.team);
      case "team.removed":
        this.#touch(event.data.id);
        this.teams.delete(event.data.id);
        return;
      case "alert.added":
      case "alert.updated":
        return this.putAlert(event.data.alert);
    }
  }

  putConversation(conversation: Conversation): void {
    this.#touch(conversation.id);
    const known = this.conversations.get(conversation.id);
    if (!known || !isOlder(conversation, known)) this.conversations.set(conversation.id, conversation);
  }

  putMessage(conversationId: string, message: Message): void {
    this.#touch(message.id);
    this.#messages.get(conversationId)?.set(message.id, message);
  }

  /** Only open alerts are kept. */
  putAlert(alert: Alert): void {
    this.#touch(alert.id);
    if (alert.acknowledged_at) this.alerts.delete(alert.id);
    else this.alerts.set(alert.id, alert);
  }

  putTeam(team: Team): void {
    this.#touch(team.id);
    this.teams.set(team.id, team);
  }

  loadTeams(fetch: () => Promise<Team[]>): Promise<void> {
    return this.#under(fetch, (teams, touched) => {
      for (const id of [...this.teams.keys()]) if (!touched.has(id)) this.teams.delete(id);
      for (const team of teams) if (!touched.has(team.id)) this.teams.set(team.id, team);
    });
  }

  /** Those not resolved as of one moment; what is missing has gone. `complete` tells of which owner all are there. */
  loadConversations(fetch: () => Promise<Conversation[]>, complete: (known: Known) => boolean): Promise<void> {
    return this.#under(fetch, (conversations, touched) => {
      const there = new Set(conversations.map(({ id }) => id));
      for (const [id, known] of [...this.conversations]) {
        if (there.has(id) || touched.has(id) || id === this.selected.value) continue;
        if (known.status !== "resolved" && complete(known)) this.conversations.delete(id);
      }
      for (const conversation of conversations) {
        if (!touched.has(conversation.id)) this.conversations.set(conversation.id, conversation);
      }
    });
  }

  /** More of a list that is fetched page by page; gives where the next page begins. */
  async addPage(fetch: () => Promise<{ items: Conversation[]; next_cursor: string | null }>): Promise<string | null> {
    let next: string | null = null;
    await this.#under(fetch, (page, touched) => {
      for (const conversation of page.items) {
        if (!touched.has(conversation.id)) this.conversations.set(conversation.id, conversation);
      }
      next = page.next_cursor;
    });
    return next;
  }

  async loadMessages(conversationId: string, fetch: () => Promise<Message[]>): Promise<void> {
    if (!this.#messages.has(conversationId)) this.#messages.set(conversationId, shallowReactive(new Map()));
    await this.#under(fetch, (messages, touched) => {
      const known = this.#messages.get(conversationId);
      for (const message of messages) if (!touched.has(message.id)) known?.set(message.id, message);
    });
  }

  loadAlerts(fetch: () => Promise<Alert[]>): Promise<void> {
    return this.#under(fetch, (alerts, touched) => {
      for (const id of [...this.alerts.keys()]) if (!touched.has(id)) this.alerts.delete(id);
      for (const alert of alerts) if (!touched.has(alert.id)) this.alerts.set(alert.id, alert);
    });
  }

  /** In the order they were said: by time, and by the service's own order within the same instant. */
  messages(conversationId: string): Message[] {
    const known = [...(this.#messages.get(conversationId)?.values() ?? [])];
    return known
      .map((message) => ({ message, at: instant(message.sent_at) }))
      .sort((a, b) => a.at - b.at || a.message.seq - b.message.seq)
      .map(({ message }) => message);
  }

  /** It is no longer this agent's to see; what is on the screen stays there, marked. */
  lose(id: string): void {
    this.#touch(id);
    const known = this.conversations.get(id);
    if (id !== this.selected.value) this.conversations.delete(id);
    else if (known) this.conversations.set(id, { ...known, left: true });
  }

  #touch(id: string): void {
    this.#touched.forEach((ids) => ids.add(id));
  }

  async #under<Got>(fetch: () => Promise<Got>, merge: (got: Got, touched: Set<string>) => void): Promise<void> {
    const touched = new Set<string>();
    this.#touched.add(touched);
    try {
      merge(await fetch(), touched);
    } finally {
      this.#touched.delete(touched);
    }
  }
}

function isOlder(candidate: Conversation, known: Conversation): boolean {
  if (candidate.epoch !== known.epoch) return candidate.epoch < known.epoch;
  return instant(candidate.updated_at) < instant(known.updated_at);
}
