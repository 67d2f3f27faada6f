/** A web chat for tests, behind `fetch`: messages by number, streams that a test feeds, and a line that can be cut. */
import { Client } from "@widget/protocol/client";
import type { Item, Message, Outgoing } from "@widget/protocol/types";

interface Call {
  method: string;
  path: string;
  token: string | null;
  body: Record<string, unknown> | null;
}

export class Server {
  calls: Call[] = [];
  messages: Item[] = [];
  accepted = new Map<string, { id: string; number: number }>();
  /** what the next calls of a path are answered with, instead of the usual */
  next: Record<string, (Response | "cut")[]> = {};
  /** "kept": a proxy takes the stream and hands nothing on */
  streams: "live" | "kept" | "none" = "live";
  #open = new Set<ReadableStreamDefaultController<Uint8Array>>();

  readonly client = new Client("https://bot.example/rasa/", (...given) => this.fetch(...given));

  says(text: string, more: Partial<Message> = {}): Message {
    const number = this.messages.length + 1;
    const message = { number, id: `m${number}`, author: "bot" as const, text, sent_at: "2026-03-02T09:00:00Z", ...more };
    this.put(message);
    return message;
  }

  put(item: Item): void {
    this.messages.push(item);
    if (this.streams === "live") this.send(`id: ${item.number}\nevent: message\ndata: ${JSON.stringify(item)}\n\n`);
  }

  send(text: string): void {
    for (const stream of this.#open) stream.enqueue(new TextEncoder().encode(text));
  }

  get listeners(): number {
    return this.#open.size;
  }

  /** The server, or a proxy on the way, ends all streams. */
  hangUp(): void {
    for (const stream of this.#open) stream.close();
    this.#open.clear();
  }

  called(method: string, path: string): Call[] {
    return this.calls.filter((call) => call.method === method && call.path.split("?")[0] === path);
  }

  async fetch(input: RequestInfo | URL, given: RequestInit = {}): Promise<Response> {
    const url = new URL(String(input));
    const path = url.pathname.replace("/rasa/webhooks/webchat/v1", "");
    const headers = given.headers as Record<string, string>;
    const body = typeof given.body === "string" ? (JSON.parse(given.body) as Record<string, unknown>) : null;
    this.calls.push({ method: given.method!, path: path + url.search, token: headers.Authorization ?? null, body });
    await Promise.resolve();
    const special = this.next[path]?.shift();
    if (special === "cut" || given.signal?.aborted) throw new TypeError("network error");
    if (special) return special;
    const after = Number(url.searchParams.get("after"));
    if (path === "/events") return this.#stream(after, given.signal!);
    if (path === "/session") return json({ token: "t1", visitor: "v1", last: this.messages.length });
    if (path === "/messages" && given.method === "POST") return json(this.#accept(body as unknown as Outgoing), 202);
    if (path === "/messages") {
      return json({ messages: this.messages.filter(({ number }) => number > after), last: this.messages.length });
    }
    return new Response(null, { status: 204 });
  }

  #accept({ client_id, text }: Outgoing): { id: string; number: number } {
    if (!this.accepted.has(client_id)) {
      const { id, number } = this.says(text, { author: "customer", client_id });
      this.accepted.set(client_id, { id, number });
    }
    return this.accepted.get(client_id)!;
  }

  #stream(after: number, signal: AbortSignal): Response {
    if (this.streams === "none") return new Response("<html>", { headers: { "content-type": "text/html" } });
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        signal.addEventListener("abort", () => {
          if (this.#open.delete(controller)) controller.error(new Error("aborted"));
        });
        this.#open.add(controller);
        if (this.streams === "kept") return;
        controller.enqueue(new TextEncoder().encode("retry: 1000\n\n"));
        for (const item of this.messages.filter(({ number }) => number > after)) {
          controller.enqueue(new TextEncoder().encode(`event: message\ndata: ${JSON.stringify(item)}\n\n`));
        }
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });
}

export const refusal = (status: number, code: string, headers: Record<string, string> = {}) =>
  json({ error: { code, message: code } }, status, headers);
