/** Who is typing, of the moment: shown for a while after the last word of it, told now and then. */
import { shallowRef, type ShallowRef } from "vue";
import type { StreamEvent } from "@/stream/events";

export const SHOWN = 6000; // milliseconds: two of the customer's intervals, so that one lost word is not seen
const EVERY = 3000; // more often the service passes nothing on

/** Whether the customer of one conversation is typing. */
export class CustomerTypes {
  readonly typing: ShallowRef<boolean> = shallowRef(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly conversationId: string) {}

  hear(event: StreamEvent): void {
    if (event.type === "conversation.customer_typing" && event.data.conversation_id === this.conversationId) {
      clearTimeout(this.#timer);
      this.typing.value = true;
      this.#timer = setTimeout(() => this.stop(), SHOWN);
    } else if (
      event.type === "message.added" &&
      event.data.conversation_id === this.conversationId &&
      event.data.message.author === "customer"
    ) {
      this.stop(); // what was typed has been said
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.typing.value = false;
  }
}

/** Lets a word through at most every three seconds, for each conversation. */
export class Telling {
  readonly #told = new Map<string, number>();

  constructor(private readonly tell: (id: string) => Promise<unknown>) {}

  typed(id: string, now: number): void {
    if (now - (this.#told.get(id) ?? -Infinity) < EVERY) return;
    this.#told.set(id, now);
    this.tell(id).catch(() => undefined); // of the moment: nobody misses it
  }
}
