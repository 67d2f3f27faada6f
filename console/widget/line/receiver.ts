/**
 * Receives what is numbered and the state, by a stream; by long polling where a proxy keeps the stream back. Resumes by
 * number, so that nothing is lost or shown twice however often the line breaks.
 */
import { Parser } from "@/stream/parser";
import { Refused, type Client } from "../protocol/client";
import type { Item, Page, State } from "../protocol/types";
import type { Connection } from "../visit/visit";

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000; // a customer who waits should not wait longer for a server that is back
const FIRST_BYTES = 8_000; // the server tells the state at once: what has not come by then is being kept back
const SILENCE = 45_000; // three missed signs of life: the line is dead although nobody has said so
const STALE = 20_000; // one missed sign of life, when somebody comes back to look
const LASTED = 10_000; // a stream that lived so long ended in good order: proxies limit how long one may last
const POLL_WAIT = 25; // seconds, the most that the server waits
const EMPTY_POLL = 1_000; // between polls that a proxy answers at once with nothing

export interface Receiving {
  /** Ask for the session unless there is one; throws `Refused`. */
  open(): Promise<void>;
  last(): number;
  items(items: Item[]): void;
  state(state: State): void;
  connection(connection: Connection): void;
  /** The session is not accepted (401, 403); no further attempts. */
  refused(error: Refused): void;
}

export class Receiver {
  #stopped = true;
  #run = 0; // which start this is: a run that was stopped must not go on beside the next one
  #attempt: AbortController | null = null;
  #wake: (() => void) | null = null;
  #heard = 0;
  #streaming = false;
  #keptBack = false; // streams do not get through here

  constructor(private readonly client: Client, private readonly on: Receiving) {}

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    void this.#go(++this.#run);
  }

  stop(): void {
    this.#stopped = true;
    this.#attempt?.abort();
    this.#wake?.();
  }

  /** The network or the reader is back: no need to wait for the next attempt, or for silence to be noticed. */
  hurry(): void {
    this.#wake?.();
    if (this.#streaming && Date.now() - this.#heard > STALE) this.#attempt?.abort();
  }

  /** The browser says that there is no network. */
  cut(): void {
    this.#keptBack = false; // the next network may be another one
    this.#attempt?.abort();
    if (!this.#stopped) this.on.connection("down");
  }

  async #go(run: number): Promise<void> {
    const over = () => this.#stopped || run !== this.#run;
    let pause = FIRST_PAUSE;
    this.on.connection("connecting");
    while (!over()) {
      let wait: number | null = null;
      let lasted = false;
      try {
        await this.on.open();
        await this.#catchUp(over);
        if (over()) return;
        this.on.connection("open");
        pause = FIRST_PAUSE;
        const began = Date.now();
        await (this.#keptBack ? this.#poll(over) : this.#stream(over));
        lasted = this.#keptBack || Date.now() - began > LASTED;
      } catch (error) {
        if (over()) return;
        if (error instanceof Refused && [401, 403].includes(error.status)) {
          this.#stopped = true;
          this.on.refused(error);
          return;
        }
        wait = error instanceof Refused && error.retryAfter ? error.retryAfter * 1000 : null;
      }
      if (over()) return;
      if (!lasted) this.on.connection("down");
      // Spread out, so that the pages of a server that comes back do not all come at once.
      await this.#rest((lasted ? 0 : (wait ?? pause)) * (0.75 + Math.random() / 2));
      if (!lasted) pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }

  /** What came while nobody listened. */
  async #catchUp(over: () => boolean): Promise<void> {
    for (;;) {
      const before = this.on.last();
      const page = await this.#abortable((signal) => this.client.messages(before, 0, signal));
      if (over()) return;
      this.#take(page);
      if (this.on.last() >= page.last || this.on.last() === before) return;
    }
  }

  async #poll(over: () => boolean): Promise<void> {
    while (!over()) {
      const began = Date.now();
      const page = await this.#abortable((signal) => this.client.messages(this.on.last(), POLL_WAIT, signal));
      if (over()) return;
      this.#take(page);
      if (!page.messages.length && Date.now() - began < EMPTY_POLL) await this.#rest(EMPTY_POLL);
    }
  }

  async #stream(over: () => boolean): Promise<void> {
    await this.#abortable(async (signal) => {
      let bytes = false;
      this.#streaming = true;
      let watch = setTimeout(() => {
        this.#keptBack = true;
        this.#attempt?.abort();
      }, FIRST_BYTES);
      try {
        const reader = (await this.client.events(this.on.last(), signal)).getReader();
        const decoder = new TextDecoder();
        const parser = new Parser(({ type, data }) => {
          if (!data) return;
          if (type === "message") this.on.items([JSON.parse(data) as Item]);
          else if (type === "state") this.on.state(JSON.parse(data) as State);
        });
        for (;;) {
          const { value, done } = await reader.read();
          if (done || over()) return;
          bytes = true;
          this.#heard = Date.now();
          clearTimeout(watch);
          watch = setTimeout(() => this.#attempt?.abort(), SILENCE);
          parser.push(decoder.decode(value, { stream: true }));
        }
      } catch (error) {
        if (error instanceof Refused && error.code === "no_stream") this.#keptBack = true;
        if (!bytes && this.#keptBack && !over()) return; // polling takes over
        throw error;
      } finally {
        clearTimeout(watch);
        this.#streaming = false;
      }
    });
  }

  #take(page: Page): void {
    this.#heard = Date.now();
    if (page.messages.length) this.on.items(page.messages);
    if (page.state) this.on.state(page.state);
  }

  async #abortable<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#heard = Date.now();
    try {
      return await work(attempt.signal);
    } finally {
      if (this.#attempt === attempt) this.#attempt = null;
    }
  }

  #rest(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
