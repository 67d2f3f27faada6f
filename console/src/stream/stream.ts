/** The service's event stream: numbered, resumed where it broke off, watched for silence. */
import type { StreamEvent } from "./events";
import { Parser, type Frame } from "./parser";

const SILENCE = 45_000; // three missed signs of life: the line is dead although nobody has said so
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000; // an agent at the desk should not wait longer for a service that is back

export interface Listener {
  /** The stream runs (again): take a snapshot, all events from here on follow. */
  open(): void;
  /** Each event once, in the order of its number. */
  event(event: StreamEvent): void;
  /** The stream is lost and will be tried again. */
  down(): void;
  /** The log-in has ended (401); no further attempts. */
  refused(): void;
}

/** Keeps one connection open until `stop()`. */
export class Stream {
  #last: number | null = null;
  #stopped = false;
  #attempt: AbortController | null = null;
  #pause = FIRST_PAUSE;
  #waiting: (() => void) | null = null;
  readonly #retryNow = () => this.#waiting?.();

  constructor(private readonly path: string, private readonly on: Listener) {
    window.addEventListener("online", this.#retryNow);
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    window.removeEventListener("online", this.#retryNow);
    this.#attempt?.abort();
    this.#waiting?.();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const status = await this.#connect().catch(() => 0);
      if (this.#stopped) return;
      this.on.down();
      if (status === 401) {
        this.stop();
        this.on.refused();
        return;
      }
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
        setTimeout(resolve, this.#pause * (0.75 + Math.random() / 2)); // desks do not come back all at once
      });
      this.#waiting = null;
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    }
  }

  /** One connection, until it ends; gives the status that it was answered with. */
  async #connect(): Promise<number> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    let watch: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(() => attempt.abort(), SILENCE);
    };
    alive();
    try {
      const answer = await fetch(this.path, {
        headers: { Accept: "text/event-stream", ...(this.#last !== null && { "Last-Event-ID": String(this.#last) }) },
        credentials: "same-origin",
        cache: "no-store",
        signal: attempt.signal,
      });
      if (!answer.ok || !answer.body) return answer.status;
      this.#pause = FIRST_PAUSE;
      let begun = false; // headers alone promise nothing: the service listens once it sends its first line
      const decoder = new TextDecoder();
      const reader = answer.body.getReader();
      const parser = new Parser((frame) => this.#take(frame));
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return answer.status;
        alive();
        if (!begun) this.on.open();
        begun = true;
        parser.push(decoder.decode(value, { stream: true }));
      }
    } finally {
      clearTimeout(watch);
    }
  }

  #take({ id, type, data }: Frame): void {
    const number = id === null ? null : Number(id);
    const known = number !== null && this.#last !== null && number <= this.#last;
    if (number !== null && (type === "reset" || !known)) this.#last = number;
    if (type === "reset") this.on.open();
    else if (data && !known) this.on.event({ type, data: JSON.parse(data) } as StreamEvent);
  }
}
