/** Sends what the visitor wrote, one after the other, until the server has it; the client id makes repeats harmless. */

const PASSING = ["slow_down", "unavailable"]; // nothing was stored, and the next message would fare no better

export class Posting {
  #busy = false;

  /** @param changed called after each change of state */
  constructor(client, visit, changed) {
    this.client = client;
    this.visit = visit;
    this.changed = changed;
  }

  say(text, shown) {
    this.visit.wrote(text, shown);
    this.changed();
    this.work();
  }

  retry(entry) {
    this.visit.again(entry);
    this.changed();
    this.work();
  }

  discard(entry) {
    this.visit.discard(entry);
    this.changed();
  }

  /** The conversation has ended: what waits is not on its way any more. */
  end() {
    this.#waiting().forEach((entry) => this.visit.refused(entry, "ended"));
    this.changed();
  }

  /** A new conversation: what the old one did not take goes into it. */
  begin() {
    this.visit.unsent.filter(({ code }) => code === "ended").forEach((entry) => this.visit.again(entry));
    this.changed();
  }

  /** Send what waits. Without a line nothing happens: the next session calls again. */
  async work() {
    if (this.client.state === "ended") this.end();
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const [entry] = this.#waiting();
        if (!entry || this.client.state !== "open") return;
        await this.#send(entry);
        this.changed();
      }
    } finally {
      this.#busy = false;
    }
  }

  async #send(entry) {
    try {
      await this.client.send(entry.client_id, entry.text);
      this.visit.accepted(entry);
    } catch ({ code }) {
      if (code === "lost") return;
      const concerned = PASSING.includes(code) ? this.#waiting() : [entry];
      concerned.forEach((each) => this.visit.refused(each, code));
    }
  }

  #waiting() {
    return this.visit.unsent.filter(({ state }) => state === "sending");
  }
}
