/** The visit and its line together: what the panel shows and what it can ask for. Nothing is asked before it is opened. */
import { newId } from "@/lib/ids";
import { keep, perBrowser, recall } from "@/lib/stored";
import { Client, Refused } from "../protocol/client";
import type { Attachment, Contact, Item, Session, State } from "../protocol/types";
import { Visit, type Connection, type Words } from "../visit/visit";
import type { Entry } from "../visit/unsent";
import { customerIn } from "./customer";
import { Receiver } from "./receiver";
import { Sender } from "./sender";
import { TabGroup } from "./tabs";

const TYPING_EVERY = 3_000; // as often as the server passes it on
const CONFIRM_AFTER = 1_000; // once for all that comes at a time

/** What the tab that holds the line tells the others, and what they tell it. */
type Told =
  | { kind: "hello" }
  | { kind: "session"; session: Session }
  | { kind: "connection"; connection: Connection }
  | { kind: "state"; state: State }
  | { kind: "items"; items: Item[] }
  | { kind: "wrote" }
  | { kind: "discarded"; client_id: string }
  | { kind: "forgot" };

export interface Where {
  webchat: string;
  site: string;
}

export class Chat {
  visit!: Visit;
  client!: Client;
  #receiver!: Receiver;
  #sender!: Sender;
  #tabs: TabGroup<Told> | null = null;
  #customerToken: string | null = null;
  #resume: string | null = null;
  #session: Session | null = null;
  #listeners = new Set<() => void>();
  #typed = 0;
  #read = 0;
  #confirming: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly where: Where, private readonly language: () => string, customer: string | null) {
    this.#meet(customer);
    window.addEventListener("online", () => this.#receiver.hurry());
    window.addEventListener("offline", () => this.#tabs?.leading && this.#receiver.cut());
    for (const name of ["visibilitychange", "focus", "pageshow"]) {
      (name === "visibilitychange" ? document : window).addEventListener(name, () => this.#looked());
    }
    window.addEventListener("storage", ({ key }) => {
      if (key !== this.visit.key) return;
      this.visit.recall();
      if (this.known) this.begin(); // another tab has begun the visit
    });
  }

  /** Called after each change, once for all of a moment. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether there was a visit in this browser before. */
  get known(): boolean {
    return recall(perBrowser, this.visit.key) !== null;
  }

  /** From now on there is a line. */
  begin(): void {
    if (this.#tabs) return;
    this.visit.enter("connecting");
    this.#tabs = new TabGroup<Told>(this.visit.key, {
      leads: (leads) => this.#leads(leads),
      told: (told) => this.#told(told),
    });
    this.#tabs.join();
    if (!this.#tabs.leading) this.#tabs.tell({ kind: "hello" });
  }

  /** Go on in the conversation that a mail has led here from. */
  resume(token: string): void {
    if (this.#tabs) this.#end();
    this.#resume = token;
    this.begin();
  }

  /** Somebody whom the site has signed, or null: nobody who is known. Gives whether a customer has gone. */
  setCustomer(token: string | null): boolean {
    if (token === this.#customerToken) return false;
    const begun = this.#tabs !== null;
    const same = customerIn(token) === this.visit.customer;
    const left = !same && this.visit.customer !== null;
    this.#end();
    if (same) {
      this.#customerToken = token; // a fresh one of the same customer
      this.#again();
    } else {
      if (left) this.#leave();
      this.#meet(token);
    }
    if (begun || this.known) this.begin();
    this.visit.changed();
    return left;
  }

  say(words: Words): void {
    this.visit.wrote(words);
    this.#tabs?.tell({ kind: "wrote" });
    void this.#sender.work();
  }

  retry(entry: Entry): void {
    this.visit.mark(entry, "waiting");
    this.#tabs?.tell({ kind: "wrote" });
    this.#receiver.hurry();
    void this.#sender.work();
  }

  discard(entry: Entry): void {
    this.visit.discard(entry);
    this.#tabs?.tell({ kind: "discarded", client_id: entry.client_id });
  }

  /** The customer is typing; only a person wants to know. */
  typing(): void {
    if (this.visit.state.owner !== "agent" || Date.now() - this.#typed < TYPING_EVERY) return;
    this.#typed = Date.now();
    void this.client.typing().catch(() => undefined); // of the moment: not worth a repetition
  }

  /** All that is here is on the screen. */
  seen(): void {
    this.visit.seen();
    const newest = this.visit.messages.filter(({ author }) => author === "agent").at(-1)?.number ?? 0;
    if (newest <= this.#read || this.visit.connection !== "open" || !this.client.token) return;
    const before = this.#read;
    this.#read = newest;
    this.client.read(newest).catch(() => (this.#read = before)); // said again with the next change
  }

  choose = (choice: "wait" | "bot") => this.client.choice(choice);

  leaveMessage = (contact: Omit<Contact, "client_id" | "language">, client_id: string) =>
    this.client.leaveMessage({ ...contact, client_id, language: this.language() });

  rate = (id: string, score: number, comment: string) =>
    this.client.rate({ id, score, ...(comment.trim() && { comment: comment.trim() }) });

  upload = (file: File, signal: AbortSignal): Promise<Attachment> => this.client.upload(file, newId(), signal);

  /** The old visit cannot go on: what was said stays with the server, this browser begins anew. */
  startNew(): void {
    this.#end();
    this.visit.forget();
    this.#again();
    this.begin();
    (this.#tabs as TabGroup<Told> | null)?.tell({ kind: "forgot" });
  }

  #meet(customerToken: string | null): void {
    this.#customerToken = customerToken;
    this.#session = null;
    this.#read = 0;
    this.visit = new Visit(`${this.where.webchat} ${this.where.site}`, customerIn(customerToken));
    this.visit.subscribe(() => this.#listeners.forEach((listener) => listener()));
    this.client = new Client(this.where.webchat);
    this.#receiver = new Receiver(this.client, {
      open: () => this.#open(),
      last: () => this.visit.timeline.last,
      items: (items) => this.#items(items),
      state: (state) => this.#state(state),
      connection: (connection) => this.#enter(connection),
      refused: (error) => this.#refused(error),
    });
    this.#sender = new Sender(
      this.client,
      this.visit,
      () => !!this.#tabs?.leading && !!this.client.token && ["open", "connecting"].includes(this.visit.connection),
      (error) => this.#refused(error),
    );
  }

  /** Close the line; the visit stays as it is. */
  #end(): void {
    this.#receiver.stop();
    this.#sender.stop();
    this.#tabs?.close();
    this.#tabs = null;
    this.#session = null;
    this.client.token = null;
    this.visit.enter("idle");
  }

  /** What the ended session did not take goes into the next one. */
  #again(): void {
    const ended = this.visit.unsent.all.filter(({ code }) => code === "ended");
    ended.forEach((entry) => this.visit.mark(entry, "waiting"));
  }

  /** Nothing of a customer who logs out stays in this browser. */
  #leave(): void {
    this.visit.unsent.all.forEach(({ client_id }) => this.visit.unsent.remove(client_id));
    keep(perBrowser, this.visit.key, null);
  }

  async #open(): Promise<void> {
    if (this.#session) return;
    const ask = async () => {
      const resumed = await this.#resumed();
      if (resumed) return resumed;
      this.visit.recall();
      const token = this.visit.token ?? undefined;
      return this.client.session({
        site: this.where.site,
        language: this.language(),
        ...(this.#customerToken ? { customer_token: this.#customerToken } : token && { token }),
      });
    };
    // One at a time, also while the lead changes: two new visitors would be two conversations.
    const name = `${this.visit.key} session`;
    const session = await (navigator.locks ? navigator.locks.request(name, ask) : ask()).catch((error: Refused) => {
      // for the site's developer: the customer sees a line that is down
      if (!error.passing && error.status !== 401) console.error(`Baton: the web chat refuses this page (${error.code})`);
      throw error;
    });
    this.#opened(session);
    this.#tabs?.tell({ kind: "session", session });
  }

  /** The session that a mail's link leads into; null without one, or when the link is too old. */
  async #resumed(): Promise<Session | null> {
    if (this.#resume === null) return null;
    try {
      const session = await this.client.session({ site: this.where.site, language: this.language(), resume: this.#resume });
      this.#resume = null;
      return session;
    } catch (error) {
      if (!(error instanceof Refused) || error.passing) throw error;
      this.#resume = null;
      return null;
    }
  }

  #opened(session: Session): void {
    this.#session = session;
    this.visit.opened(session);
    this.client.token = session.token;
  }

  #leads(leads: boolean): void {
    if (!leads) {
      this.#receiver.stop();
      this.#sender.stop();
      return;
    }
    this.visit.unsent.reload();
    this.visit.changed();
    this.#receiver.start();
    void this.#sender.work();
  }

  #looked(): void {
    if (document.visibilityState !== "visible") return;
    this.#tabs?.join();
    this.#receiver.hurry();
    this.visit.changed(); // it is on the screen now
  }

  #told(told: Told): void {
    if (told.kind === "hello") {
      if (!this.#tabs?.leading || !this.#session) return;
      this.#tabs.tell({ kind: "session", session: this.#session });
      this.#tabs.tell({ kind: "items", items: this.visit.timeline.items });
      this.#tabs.tell({ kind: "state", state: this.visit.state });
      this.#tabs.tell({ kind: "connection", connection: this.visit.connection });
    } else if (told.kind === "wrote") {
      this.visit.unsent.reload();
      this.visit.changed();
      void this.#sender.work();
    } else if (told.kind === "discarded") {
      this.visit.unsent.remove(told.client_id);
      this.visit.changed();
    } else if (told.kind === "forgot") {
      this.visit.timeline.clear();
      this.visit.recall();
    } else if (this.#tabs?.leading) return;
    else if (told.kind === "session") this.#opened(told.session);
    else if (told.kind === "items") this.visit.received(told.items);
    else if (told.kind === "state") this.visit.became(told.state);
    else this.visit.enter(told.connection);
  }

  #items(items: Item[]): void {
    const fresh = this.visit.received(items);
    if (!fresh.length) return;
    this.#tabs?.tell({ kind: "items", items: fresh });
    if (fresh.some((item) => "author" in item && item.author === "agent")) this.#confirm();
  }

  /** A reconnection tells the server as well how far everything has arrived, so a failure needs no repetition. */
  #confirm(): void {
    const { client, visit } = this;
    clearTimeout(this.#confirming);
    this.#confirming = setTimeout(() => {
      if (client.token) client.received(visit.timeline.last).catch(() => undefined);
    }, CONFIRM_AFTER);
  }

  #state(state: State): void {
    this.visit.became(state);
    this.#tabs?.tell({ kind: "state", state });
  }

  #enter(connection: Connection): void {
    this.visit.enter(connection);
    this.#tabs?.tell({ kind: "connection", connection });
    if (connection === "open") void this.#sender.work();
  }

  #refused(error: Refused): void {
    this.#receiver.stop();
    this.visit.unsent.waiting.forEach((entry) => this.visit.mark(entry, "failed", "ended"));
    if (this.#customerToken && error.status === 401) window.dispatchEvent(new CustomEvent("baton:expired"));
    this.#enter("ended");
  }
}
