/** The suggestions for the conversation on the screen: plain ones at once, better worded ones when they come. */
import { ref, shallowRef } from "vue";
import { suggestionsFor, type Suggestion, type Suggestions } from "./api";

type Ask = (id: string, worded?: boolean) => Promise<Suggestions>;

export class Suggesting {
  readonly items = shallowRef<readonly Suggestion[]>([]);
  readonly loading = ref(false);
  #asked = 0;

  constructor(private readonly ask: Ask = suggestionsFor) {}

  /** Ask anew; what is answered to an earlier question is not shown any more. Failing shows none, and no error. */
  async refresh(conversation: string): Promise<void> {
    const asked = (this.#asked += 1);
    this.loading.value = true;
    const plain = await this.ask(conversation).catch(() => null);
    if (asked !== this.#asked) return;
    this.loading.value = false;
    this.items.value = plain?.items ?? [];
    if (!plain?.can_be_worded) return;
    const worded = await this.ask(conversation, true).catch(() => null);
    if (worded && asked === this.#asked && sameAnswers(worded.items, this.items.value)) this.items.value = worded.items;
  }

  clear(): void {
    this.#asked += 1;
    this.loading.value = false;
    this.items.value = [];
  }
}

/** Only words may change under the agent's eyes, not which answer is where. */
function sameAnswers(some: readonly Suggestion[], others: readonly Suggestion[]): boolean {
  return some.map(({ id }) => id).join() === others.map(({ id }) => id).join();
}
