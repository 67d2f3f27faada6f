/** What each channel can do, as the service says; until it has said so, what holds for most. */
import { shallowRef } from "vue";
import { call, type Conversation, type Message } from "@/api";
import type { components } from "@/api/schema";

type Channels = components["schemas"]["ChannelsOut"];
export type Channel = components["schemas"]["ChannelOut"];

const USUAL: Channel = { channel: "", max_length: 10_000, recall_seconds: null, buttons: false, attachments: false };

export class ChannelTable {
  readonly #known = shallowRef<Channels | null>(null);

  constructor(private readonly fetch: () => Promise<Channels> = () => call("GET", "/channels")) {}

  /** It changes with the service's version alone, so once is enough. */
  async load(): Promise<void> {
    // Without it nothing is lost but the warning: the service has the last word.
    this.#known.value ??= await this.fetch().catch(() => null);
  }

  of({ channel }: Pick<Conversation, "channel">): Channel {
    const known = this.#known.value;
    return known?.channels.find((each) => each.channel === channel) ?? known?.default ?? USUAL;
  }
}

/** Whether this agent may still take the message back. What has not left yet can be withdrawn on every channel. */
export function mayRecall(message: Message, me: string | undefined, channel: Channel, now: number): boolean {
  if (!me || message.author !== "agent" || message.author_id !== me || message.private) return false;
  if (message.recall === "pending" || message.recall === "done") return false;
  if (message.delivery === "pending") return true;
  if (message.delivery === "failed" && message.failure !== "unconfirmed") return false;
  return channel.recall_seconds !== null && now - Date.parse(message.sent_at) <= channel.recall_seconds * 1000;
}
