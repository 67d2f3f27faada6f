/** Sends what the customer wrote, one after the other, until the server has it; the client id makes repeats harmless. */
import { Refused, type Client } from "../protocol/client";
import type { Visit } from "../visit/visit";

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;
const TRIES = 5; // answers of a server that cannot take it now; then the customer is told, and decides

export class Sender {
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;

  /**
   * @param ready whether there is a session and a line
   * @param refused the session is not accepted any more
   */
  constructor(
    private readonly client: Client,
    private readonly visit: Visit,
    private readonly ready: () => boolean,
    private readonly refused: (error: Refused) => void,
  ) {}

  /** Send what waits. Without a line nothing happens: when it is back this is called again. */
  async work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    try {
      while (this.ready()) {
        const [entry] = this.visit.unsent.waiting;
        if (!entry) return;
        const { client_id, text, payload, attachments, feedback } = entry;
        const more = { ...(payload && { payload }), ...(attachments && { attachments }), ...(feedback && { feedback }) };
        try {
          const { id } = await this.client.message({ client_id, text, ...more });
          // "solved", or what was said in another tab before, is noted under the answer and is no line of its own
          if (id === feedback?.message) this.visit.discard(entry);
          else this.visit.mark(entry, "sent");
          this.#tries = 0;
        } catch (error) {
          if (this.#failed(entry.client_id, error instanceof Refused ? error : new Refused("lost"))) return;
        }
      }
    } finally {
      this.#busy = false;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#tries = 0;
  }

  /** Gives whether sending has to pause. */
  #failed(client_id: string, error: Refused): boolean {
    const { waiting } = this.visit.unsent;
    if (error.status === 401) {
      this.refused(error);
      return true;
    }
    if (!error.passing) {
      const entry = waiting.find((each) => each.client_id === client_id);
      if (entry) this.visit.mark(entry, "failed", error.code);
      return false;
    }
    if (error.status && ++this.#tries >= TRIES) {
      // all of it, so that what was written first is not overtaken
      waiting.forEach((each) => this.visit.mark(each, "failed", error.code));
      this.#tries = 0;
      return true;
    }
    const pause = Math.min(FIRST_PAUSE * 2 ** this.#tries, LONGEST_PAUSE);
    const wait = error.retryAfter ? error.retryAfter * 1000 : pause;
    this.#timer = setTimeout(() => void this.work(), wait * (1 + Math.random() / 4));
    return true;
  }
}
