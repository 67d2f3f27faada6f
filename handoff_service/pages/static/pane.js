/** The open conversation: who it is, why it was handed over, who has it now, and what may be done. */
import { api } from "./api.js";
import { byId, h, setText } from "./dom.js";
import { locale, t, tOr } from "./i18n.js";
import { clock, elapsed } from "./time.js";
import { channelName, customerName, languageName, ownerLine, ruleName, skillName, tierName } from "./words.js";

/** What this agent may do with the conversation; the service has the last word. */
export function allowed(conversation, me) {
  const { owner, status, assignee, left } = conversation;
  const open = status !== "resolved" && !left;
  const mine = open && owner === "agent" && assignee?.id === me?.id;
  const supervises = me?.role === "supervisor" || me?.role === "admin";
  const end = mine || (open && owner === "queue") || (open && owner === "agent" && supervises);
  return { mine, claim: open && owner !== "agent", end };
}

export function drawPane(conversation, me) {
  const may = allowed(conversation, me);
  setText(byId("customer-name"), customerName(conversation));
  const facts = [tierName(conversation), channelName(conversation), languageName(conversation)].filter(Boolean);
  const priority = conversation.priority === "normal" ? "" : t(`priority.${conversation.priority}`);
  setText(byId("customer-facts"), [...facts, priority].filter(Boolean).join(" · "));

  const owner = byId("owner-line");
  setText(owner, ownerLine(conversation, me));
  owner.dataset.owner = conversation.owner;
  owner.dataset.control = conversation.status === "resolved" ? "" : conversation.control;

  byId("claim").hidden = !may.claim;
  byId("give-back").hidden = !may.end;
  byId("resolve").hidden = !may.end;
  byId("earlier").hidden = !conversation.previous_id;
  drawWhy(conversation);
}

/** The composer is there only for who holds the conversation; the others are told what to do first. */
export function drawComposer(form, conversation, me) {
  const may = allowed(conversation, me);
  form.hidden = !may.mine;
  const hint = byId("composer-hint");
  hint.hidden = may.mine || conversation.status === "resolved";
  if (!may.mine) setText(hint, t(may.claim ? "composer.claim_first" : "composer.not_yours"));
}

function drawWhy({ id, handoff, skills, position, estimated_wait_seconds: wait, owner }) {
  const why = byId("why");
  why.hidden = !handoff;
  const stamp = JSON.stringify([handoff, skills, position, wait, owner, t("language.code")]);
  if (!handoff || why.stamp === stamp) return;
  why.stamp = stamp;
  setText(byId("why-rule"), ruleName(handoff.rule));
  tellWhy(id, handoff.id);
  const since = handoff.requested_at;
  const rows = [
    [t("why.requested"), [clock(since), " (", h("span", { data: { since } }, elapsed(since)), ")"]],
    ...handoff.reasons.map(({ rule, why: evidence }) => [ruleName(rule), [evidenceText(evidence)]]),
    [t("why.skills"), [skillsText(skills)]],
    handoff.relaxed?.length ? [t("why.relaxed"), [handoff.relaxed.map(skillName).join(", ")]] : null,
    owner === "queue" && position ? [t("why.position"), [positionText(position, wait)]] : null,
  ].filter(Boolean);
  byId("why-facts").replaceChildren(
    ...rows.map(([term, value]) => h("div", {}, h("dt", { class: "soft" }, term), h("dd", { dir: "auto" }, ...value))),
  );
}

/** The reason in a sentence of the service. Without an answer the facts below it have to do. */
async function tellWhy(conversation, handoff) {
  const sentence = byId("why-sentence");
  const language = locale().slice(0, 2);
  const stamp = `${handoff} ${language}`;
  if (sentence.stamp === stamp) return;
  sentence.stamp = stamp;
  sentence.hidden = true;
  const told = await api.explanation(conversation, language).catch(() => null);
  if (sentence.stamp !== stamp || !told) return;
  setText(sentence, told.sentence);
  sentence.hidden = false;
}

/** What fired: the field's name in this language, its evidence in the words of the assessment. */
function evidenceText(evidence) {
  if (!evidence || typeof evidence !== "object") return evidence ? String(evidence) : "";
  return Object.entries(evidence)
    .map(([signal, value]) => `${tOr(`signal.${signal}`, signal)}: ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join("; ");
}

function skillsText({ required = [], preferred = [] } = {}) {
  const words = [
    ...required.map(skillName),
    ...preferred.map((skill) => t("why.preferred", { skill: skillName(skill) })),
  ];
  return words.join(", ") || t("why.no_skills");
}

function positionText(position, wait) {
  if (wait === null || wait === undefined) return t("why.position_no_eta", { position });
  return t("why.position_eta", { position, minutes: Math.max(1, Math.ceil(wait / 60)) });
}
