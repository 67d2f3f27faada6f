/** The desk's line to the service: a stream of events over a snapshot, and the truth about whether it is up. */
import { api } from "./api.js";
import { setText } from "./dom.js";
import { t } from "./i18n.js";
import { Stream } from "./stream.js";

const RETRY = 3_000; // the stream is up, so the service is too: a failed snapshot is soon worth another try

export class Connection {
  state = "connecting"; // connecting | live | down
  #stream;
  #round = 0; // counts the openings, so that a slow snapshot of an earlier one is not taken for the latest

  /** @param on {changed, ready, refused, event} */
  constructor(store, on) {
    this.store = store;
    this.on = on;
    this.#stream = new Stream("/api/v1/stream", {
      open: () => this.#snapshot(++this.#round),
      event: (event) => {
        on.event(event);
        store.apply(event);
      },
      down: () => {
        this.#round += 1;
        this.#set("down");
      },
      refused: on.refused,
    });
  }

  get live() {
    return this.state === "live";
  }

  stop() {
    this.#round += 1;
    this.#stream.stop();
  }

  draw(place) {
    setText(place, t(`connection.${this.state}`));
    place.dataset.state = this.state;
  }

  async #snapshot(round) {
    this.#set(this.state === "live" ? "live" : "connecting");
    try {
      const [me] = await Promise.all([api.me(), this.store.loadConversations(api.snapshot)]);
      if (round !== this.#round) return;
      this.store.me = me;
      this.#set("live");
      this.on.ready();
    } catch (error) {
      if (round !== this.#round) return;
      if (error.status === 401) this.on.refused();
      else setTimeout(() => round === this.#round && this.#snapshot(round), RETRY);
    }
  }

  #set(state) {
    this.state = state;
    this.on.changed();
  }
}
