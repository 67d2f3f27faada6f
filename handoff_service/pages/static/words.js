/** How the desk says what the service says in codes. Codes unknown here are shown as they are. */
import { t, tOr } from "./i18n.js";

/** The customer's name, else the end of the sender id: enough to tell two visitors apart. */
export function customerName(conversation) {
  return conversation.customer?.name || t("conversation.visitor", { id: shortId(conversation.sender_id) });
}

/** Generated ids are long and all alike at first sight; what people chose themselves is not. */
function shortId(senderId) {
  const last = String(senderId).split(":").pop();
  return last.length > 20 ? last.slice(0, 6) : last;
}

export function tierName(conversation) {
  const tier = conversation.customer?.tier;
  return tier ? tOr(`tier.${tier}`, tier) : "";
}

export const channelName = ({ channel }) => (channel ? tOr(`channel.${channel}`, channel) : t("channel.unknown"));

export function languageName(conversation) {
  const language = conversation.language ?? conversation.customer?.language;
  return language ? tOr(`language.${language}`, language) : "";
}

export const ruleName = (rule) => (rule ? tOr(`rule.${rule}`, rule) : t("rule.none"));

export const skillName = (skill) => tOr(`skill.${skill}`, skill);

/** Where the conversation is, honestly: also while Rasa has not confirmed it yet. */
export function ownerLine(conversation, me) {
  const { owner, control, status, assignee, left } = conversation;
  if (left) return t("owner.left");
  if (status === "resolved") return t("owner.resolved");
  const pending = control === "pending" ? "_pending" : "";
  if (owner === "agent") {
    const whose = assignee?.id === me?.id ? "mine" : "other";
    return t(`owner.${whose}${pending}`, { name: assignee?.name ?? "" });
  }
  return t(`owner.${owner}${pending}`);
}

/** What a failed call means to the agent, and what to do. */
export function errorText(error) {
  if (error.status === 409) return tOr(`problem.${error.type}`, t("error.conflict"));
  if (error.status === 0) return t("error.network");
  if (error.status === 429) return t("error.slow_down", { seconds: error.retryAfter || 30 });
  if (error.status >= 500) return t("error.service");
  return tOr(`error.${error.status}`, t("error.other", { detail: error.message }));
}
