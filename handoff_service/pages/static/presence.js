/** Online, away, offline: what the agent chose, and what the service made of it. */
import { api } from "./api.js";
import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { notify } from "./notices.js";

export class Presence {
  #asked = null; // chosen here and not confirmed yet

  constructor(store, attempt) {
    this.store = store;
    this.attempt = attempt;
    byId("presence").addEventListener("change", (event) => this.#choose(event.target.value));
  }

  draw() {
    const shown = this.#asked ?? this.store.me.presence;
    for (const radio of byId("presence").querySelectorAll("input")) radio.checked = radio.value === shown;
    byId("presence").dataset.presence = shown;
  }

  /** Look at an event before the store has it: a change that nobody here asked for is told. */
  take({ type, data }) {
    const { me } = this.store;
    if (type !== "agent.updated" || data.agent.id !== me?.id) return;
    const { presence } = data.agent;
    if (presence === me.presence || presence === this.#asked) return;
    notify(t("presence.changed", { presence: t(`presence.${presence}`) }), "warn");
  }

  async #choose(status) {
    this.#asked = status;
    await this.attempt(async () => {
      const agent = await api.setPresence(status);
      this.store.me = { ...this.store.me, ...agent };
    });
    if (this.#asked === status) this.#asked = null;
    if (this.store.me) this.draw();
  }
}
