/** What the server has numbered, each number once; a later change of a message is worked into it. */
import { isChange, type Item, type Message } from "../protocol/types";

export class Timeline {
  #items = new Map<number, Item>();
  #messages: Message[] | null = null;
  #last = 0;

  /** The number up to which everything is here: what to ask for after a reconnection. */
  get last(): number {
    return this.#last;
  }

  /** In the order of their numbers, whatever clocks say. */
  get messages(): Message[] {
    this.#messages ??= this.#build();
    return this.#messages;
  }

  get items(): Item[] {
    return [...this.#items.values()];
  }

  /** Gives whether it was new. */
  add(item: Item): boolean {
    if (this.#items.has(item.number)) return false;
    this.#items.set(item.number, item);
    while (this.#items.has(this.#last + 1)) this.#last++;
    this.#messages = null;
    return true;
  }

  clear(): void {
    this.#items.clear();
    this.#messages = null;
    this.#last = 0;
  }

  #build(): Message[] {
    const items = this.items.sort((a, b) => a.number - b.number);
    const messages = items.filter((item): item is Message => !isChange(item));
    const places = new Map(messages.map(({ id }, place) => [id, place]));
    for (const { replaces, recalled, feedback } of items.filter(isChange)) {
      const place = places.get(replaces);
      if (place === undefined) continue;
      messages[place] = { ...messages[place]!, ...(recalled !== undefined && { recalled }), ...(feedback && { feedback }) };
    }
    return messages;
  }
}
