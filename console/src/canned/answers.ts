/** The canned answers that this agent may use: fetched when they are first wanted, kept by the stream from then on. */
import { shallowReactive, shallowRef } from "vue";
import type { StreamEvent } from "@/stream/events";
import type { CannedAnswer } from "./api";

export class CannedAnswers {
  readonly answers = shallowReactive(new Map<string, CannedAnswer>());
  readonly state = shallowRef<"unknown" | "loading" | "known" | "failed">("unknown");
  #touched: Set<string> | null = null; // what the stream told while a fetch was on its way is newer

  constructor(private readonly fetch: () => Promise<CannedAnswer[]>) {}

  /** Fetch them unless they are known. */
  async want(): Promise<void> {
    if (this.state.value === "unknown" || this.state.value === "failed") await this.#load();
  }

  /** The line was lost and is back. */
  async again(): Promise<void> {
    if (this.state.value === "known" || this.state.value === "failed") await this.#load();
  }

  apply(event: StreamEvent): void {
    if (event.type === "canned.updated") this.put(event.data.answer);
    else if (event.type === "canned.removed") this.remove(event.data.id);
  }

  put(answer: CannedAnswer): void {
    this.#touched?.add(answer.id);
    const known = this.answers.get(answer.id);
    if (!known || known.updated_at <= answer.updated_at) this.answers.set(answer.id, answer);
  }

  remove(id: string): void {
    this.#touched?.add(id);
    this.answers.delete(id);
  }

  async #load(): Promise<void> {
    const touched = new Set<string>();
    this.#touched = touched;
    if (this.state.value !== "known") this.state.value = "loading";
    try {
      const answers = await this.fetch();
      if (this.#touched !== touched) return; // asked again meanwhile
      const there = new Set(answers.map(({ id }) => id));
      for (const id of [...this.answers.keys()]) if (!there.has(id) && !touched.has(id)) this.answers.delete(id);
      for (const answer of answers) if (!touched.has(answer.id)) this.answers.set(answer.id, answer);
      this.state.value = "known";
    } catch {
      if (this.#touched === touched && this.state.value !== "known") this.state.value = "failed";
    } finally {
      if (this.#touched === touched) this.#touched = null;
    }
  }
}
