/** What was typed and not sent stays with its conversation, also over a reload; it is this agent's alone. */
import type { Kind } from "./writing";
import { keep, perBrowser, recall } from "@/lib/stored";

const KEPT = 7 * 24 * 3600 * 1000; // a draft that was left for a week answers nothing any more

interface Draft {
  text: string;
  at: number;
}

export class Drafts {
  readonly #prefix: string;

  constructor(agentId: string, now: number) {
    this.#prefix = `baton.draft.${agentId}.`;
    for (const key of this.#keys()) if (now - (recall<Draft>(perBrowser, key)?.at ?? 0) > KEPT) keep(perBrowser, key, null);
  }

  of(conversation: string, kind: Kind): string {
    return String(recall<Draft>(perBrowser, this.#key(conversation, kind))?.text ?? "");
  }

  put(conversation: string, kind: Kind, text: string, now: number): void {
    keep(perBrowser, this.#key(conversation, kind), text ? { text, at: now } : null);
  }

  /** The agent leaves: nothing of theirs is kept for whoever logs in next. */
  clear(): void {
    this.#keys().forEach((key) => keep(perBrowser, key, null));
  }

  #key(conversation: string, kind: Kind): string {
    return `${this.#prefix}${conversation}${kind === "note" ? ".note" : ""}`;
  }

  #keys(): string[] {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix));
    } catch {
      return []; // no storage
    }
  }
}
