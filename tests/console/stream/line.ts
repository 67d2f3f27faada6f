/** A stand-in for the network below the event stream. */
import { vi } from "vitest";
import { settled } from "../things";

export interface Line {
  headers: Record<string, string>;
  says(text: string): Promise<void>;
  ends(): Promise<void>;
}

/** Each attempt to connect, in order; `status` is what the next one is answered with. */
export function lines(): { all: Line[]; status: number } {
  const made = { all: [] as Line[], status: 200 };
  vi.stubGlobal("fetch", async (_: string, options: { headers: Record<string, string>; signal: AbortSignal }) => {
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
    options.signal.addEventListener("abort", () => controller.error(new Error("aborted")));
    made.all.push({
      headers: options.headers,
      async says(text) {
        controller.enqueue(new TextEncoder().encode(text));
        await settled();
      },
      async ends() {
        controller.close();
        await settled();
      },
    });
    return { ok: made.status === 200, status: made.status, body };
  });
  return made;
}
