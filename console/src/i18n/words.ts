/** How the console says what the service says in codes. Codes unknown here are shown as they are. */
import type { Agent, Conversation, Message } from "@/api";
import type { Known } from "@/stores/store";
import { t, tOr } from ".";

/** The customer's name, or the one they left; else the end of the sender id: enough to tell two visitors apart. */
export function customerName(conversation: Conversation): string {
  const known = conversation.customer?.name || conversation.contact?.name;
  return known || t("conversation.visitor", { id: shortId(conversation.sender_id) });
}

/** Generated ids are long and all alike at first sight; what people chose themselves is not. */
function shortId(senderId: string): string {
  const last = senderId.split(":").pop() ?? "";
  return last.length > 20 ? last.slice(0, 6) : last;
}

/** Names one after the other, as the language writes them. */
export const listed = (names: readonly string[]) => names.join(t("words.comma"));

/** What an assessment found, in this language where it has words for it: "Topic: Refund". */
export function factText(field: string, value: unknown): string {
  const kind = field.split(/[._]/).pop();
  const plain = value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
  const told = plain === "yes" || plain === "true" ? t("rules.yes") : tOr(`${kind}.${plain}`, plain);
  return t("words.fact", { name: tOr(`signal.${field}`, field), value: told });
}

export function tierName({ customer }: Conversation): string {
  return customer?.tier ? tOr(`tier.${customer.tier}`, customer.tier) : "";
}

export const channelName = ({ channel }: Conversation) =>
  channel ? tOr(`channel.${channel}`, channel) : t("channel.unknown");

export const languageName = ({ language }: Conversation) => (language ? tOr(`language.${language}`, language) : "");

export const ruleName = (rule: string | null) => (rule ? tOr(`rule.${rule}`, rule) : t("rule.none"));

export const skillName = (skill: string) => tOr(`skill.${skill}`, skill);

export const topicName = ({ topic }: Conversation) => (topic ? tOr(`topic.${topic}`, topic) : "");

/** Where the conversation is, honestly: also while Rasa has not confirmed it yet. */
export function ownerLine({ owner, outside, control, status, assignee, left }: Known, me: Agent | null): string {
  if (left) return t("owner.left");
  if (status === "resolved") return t("owner.resolved");
  if (outside) return t("owner.outside");
  const pending = control === "pending" ? "_pending" : "";
  if (owner !== "agent") return t(`owner.${owner}${pending}`);
  return t(`owner.${assignee?.id === me?.id ? "mine" : "other"}${pending}`, { name: assignee?.name ?? "" });
}

/** A private message is a note for colleagues, whoever wrote it. */
export function authorName({ author, author_name, private: note }: Pick<Message, "author" | "author_name" | "private">): string {
  const role = note ? t("author.note") : t(`author.${author}`);
  return author_name && author !== "bot" ? t("author.named", { name: author_name, role }) : role;
}

/** Why the customer has not got the words; the outbox tells of Rasa in its own. */
export function failureText(failure: string | null): string {
  if (!failure) return t("failure.unknown");
  return tOr(`failure.${failure}`, t("failure.rasa", { detail: failure }));
}

interface Failure {
  status: number;
  type: string;
  message: string;
  retryAfter: number;
}

/** What a failed call means to the agent, and what to do. */
export function errorText(error: Failure): string {
  if (error.status === 409) return tOr(`problem.${error.type}`, t("error.conflict"));
  if (error.status === 0) return t("error.network");
  if (error.status === 429) return t("error.slow_down", { seconds: error.retryAfter || 30 });
  if (error.status >= 500) return t("error.service");
  return tOr(`error.${error.status}`, t("error.other", { detail: error.message }));
}
