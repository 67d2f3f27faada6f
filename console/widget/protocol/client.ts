/** The calls of the web chat. Each may be repeated: what changes something carries an id of ours. */
import type { Attachment, Contact, Outgoing, Page, Session } from "./types";

const BASE = "/webhooks/webchat/v1";
const ANSWER_WITHIN = 15_000; // an answer takes milliseconds; after this the line counts as dead
const UPLOAD_WITHIN = 120_000;

/** A call that got no: `code` as the server gives it, or `lost` when there was no answer at all. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly status = 0,
    readonly retryAfter: number | null = null,
  ) {
    super(code);
  }

  /** Nothing was decided about what was sent: the same call may succeed later. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface Asked {
  site: string;
  token?: string;
  customer_token?: string;
  /** from the link in a mail: back into that conversation */
  resume?: string;
  language?: string;
}

export class Client {
  token: string | null = null;
  readonly #base: string;

  constructor(webchat: string, private readonly send: typeof fetch = (...given) => fetch(...given)) {
    this.#base = webchat.replace(/\/+$/, "") + BASE;
  }

  session = (asked: Asked) => this.#json<Session>("POST", "/session", asked);

  message = (message: Outgoing) => this.#json<{ id: string; number: number }>("POST", "/messages", message);

  /** What is numbered above `after`; waits up to `wait` seconds for something to come. */
  messages = (after: number, wait: number, signal?: AbortSignal) =>
    this.#json<Page>("GET", `/messages?after=${after}&wait=${wait}`, undefined, signal, ANSWER_WITHIN + wait * 1000);

  typing = () => this.#json<void>("POST", "/typing", {});

  /** Everything up to here has arrived; what an agent said counts as delivered then. */
  received = (number: number) => this.#json<void>("POST", "/received", { number });

  read = (number: number) => this.#json<void>("POST", "/read", { number });

  choice = (choice: "wait" | "bot") => this.#json<void>("POST", "/choice", { choice });

  leaveMessage = (contact: Contact) => this.#json<void>("POST", "/message", contact);

  rate = (rating: { id: string; score: number; comment?: string }) => this.#json<void>("POST", "/rating", rating);

  upload(file: File, client_id: string, signal?: AbortSignal): Promise<Attachment> {
    const form = new FormData();
    form.append("file", file, file.name);
    return this.#json<Attachment>("POST", `/uploads?client_id=${client_id}`, form, signal, UPLOAD_WITHIN);
  }

  /** The stream of everything numbered above `after`, open as long as the caller reads it. */
  async events(after: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const answer = await this.#fetch("GET", `/events?after=${after}`, { Accept: "text/event-stream" }, undefined, signal);
    if (!answer.body || !/^text\/event-stream/.test(answer.headers.get("content-type") ?? "")) throw new Refused("no_stream");
    return answer.body;
  }

  /** Where a link of the server's leads: relative ones are the web chat's own. */
  address(url: string): string {
    try {
      return new URL(url, this.#base).href;
    } catch {
      return "";
    }
  }

  async #json<Answer>(
    method: string,
    path: string,
    body?: object,
    signal?: AbortSignal,
    within = ANSWER_WITHIN,
  ): Promise<Answer> {
    const form = body instanceof FormData;
    const headers: Record<string, string> = body && !form ? { "Content-Type": "application/json" } : {};
    const attempt = new AbortController(); // AbortSignal.any is too young for the phones in use
    const end = () => attempt.abort();
    const late = setTimeout(end, within);
    signal?.addEventListener("abort", end);
    try {
      const answer = await this.#fetch(method, path, headers, form ? body : body && JSON.stringify(body), attempt.signal);
      const text = await answer.text();
      return (text ? JSON.parse(text) : undefined) as Answer;
    } catch (error) {
      throw error instanceof Refused ? error : new Refused("lost"); // also a proxy's page in place of an answer
    } finally {
      clearTimeout(late);
      signal?.removeEventListener("abort", end);
    }
  }

  async #fetch(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: BodyInit | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    const given: RequestInit = { method, headers, signal, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (body !== undefined) given.body = body;
    const answer = await this.send(this.#base + path, given).catch(() => {
      throw new Refused("lost");
    });
    if (answer.ok) return answer;
    const error = ((await answer.json().catch(() => null)) as { error?: { code?: string } } | null)?.error;
    const after = Number(answer.headers.get("retry-after") || NaN);
    throw new Refused(error?.code ?? "unavailable", answer.status, Number.isFinite(after) ? after : null);
  }
}
