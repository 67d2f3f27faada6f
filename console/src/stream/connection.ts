/** The desk's line to the service: a stream of events over a snapshot, and the truth about whether it is up. */
import { shallowRef } from "vue";
import { api, asApiError, type Conversation } from "@/api";
import type { Known, Store } from "@/stores/store";
import type { StreamEvent } from "./events";
import { Stream } from "./stream";

const RETRY = 3_000; // the stream is up, so the service is too: a failed snapshot is soon worth another try
const PLACES = 1_000; // so long after a change in the queue the places are asked for anew, once for all changes

export type LineState = "connecting" | "live" | "down";

interface Listener {
  /** The lists are as the service has them (again). */
  ready(): void;
  /** The log-in has ended. */
  refused(): void;
  /** An event, before the store has it. */
  event(event: StreamEvent): void;
}

export class Connection {
  readonly state = shallowRef<LineState>("connecting");
  /** Where the bot's conversations go on; null when all are there. */
  readonly moreWithBot = shallowRef<string | null>(null);
  readonly #stream: Stream;
  #round = 0; // counts the openings, so that a slow snapshot of an earlier one is not taken for the latest
  #places: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly store: Store, private readonly on: Listener) {
    this.#stream = new Stream("/api/v1/stream", {
      open: () => void this.#snapshot(++this.#round),
      event: (event) => this.#take(event),
      down: () => {
        this.#round += 1;
        this.state.value = "down";
      },
      refused: on.refused,
    });
  }

  get live(): boolean {
    return this.state.value === "live";
  }

  stop(): void {
    this.#round += 1;
    if (this.#places) clearTimeout(this.#places);
    this.#stream.stop();
  }

  async #snapshot(round: number): Promise<void> {
    if (this.state.value !== "live") this.state.value = "connecting";
    try {
      const me = await api.me();
      this.store.me.value = me;
      const supervises = me.role !== "agent";
      await Promise.all([
        this.store.loadConversations(() => this.#conversations(), () => true),
        this.store.loadTeams(api.teams),
        supervises ? this.store.loadAlerts(api.alerts) : null,
      ]);
      if (round !== this.#round) return;
      this.state.value = "live";
      this.on.ready();
    } catch (error) {
      if (round !== this.#round) return;
      if (asApiError(error).status === 401) this.on.refused();
      else setTimeout(() => round === this.#round && void this.#snapshot(round), RETRY);
    }
  }

  async #conversations(): Promise<Conversation[]> {
    const [held, queue, left, bot] = await Promise.all([api.held(), api.queue(), api.messagesLeft(), api.withBot(null)]);
    this.moreWithBot.value = bot.next_cursor;
    return [...held, ...queue, ...left, ...bot.items].filter((conversation) => conversation.status !== "resolved");
  }

  #take(event: StreamEvent): void {
    const { conversations } = this.store;
    const id = event.type === "conversation.updated" ? event.data.conversation.id : null;
    const waited = id !== null && isWaiting(conversations.get(id));
    this.on.event(event);
    this.store.apply(event);
    if (id !== null && waited !== isWaiting(conversations.get(id))) this.#askForPlaces();
  }

  /** Who comes or goes moves the others, and the service tells of those only who changed themselves. */
  #askForPlaces(): void {
    this.#places ??= setTimeout(() => {
      this.#places = null;
      const round = this.#round;
      const load = this.store.loadConversations(api.queue, (known) => known.owner === "queue");
      load.catch(() => round === this.#round && this.live && this.#askForPlaces());
    }, PLACES);
  }
}

const isWaiting = (conversation: Known | undefined) => conversation?.owner === "queue";
