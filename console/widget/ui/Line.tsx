import { Component } from "preact";
import { clock } from "@/lib/clock";
import { locale, type Words } from "../i18n";
import type { Message } from "../protocol/types";
import type { MessageRow } from "../visit/rows";
import { Attachments } from "./Attachments";
import { reason, useUi } from "./context";
import { Icon } from "./icons";
import { Picture } from "./Picture";
import { Text } from "./Text";

interface Given {
  row: MessageRow;
  settle: () => void;
}

/** Who said it is told by name, side, colour and shape. */
function Bubble({ row, settle }: Given) {
  const { t, language } = useUi();
  const { message, first } = row;
  const name = authorName(t, message);
  const time = clock(message.sent_at, locale(language));
  return (
    <article class={first ? "line first" : "line"} data-author={message.author} data-delivery={row.delivery} aria-label={`${name}, ${time}`}>
      {first && message.author !== "system" && (
        <header aria-hidden="true">
          <bdi class="author">{name}</bdi> <time dateTime={message.sent_at}>{time}</time>
        </header>
      )}
      {message.recalled ? (
        <p class="text recalled">{t("message.recalled")}</p>
      ) : (
        <>
          {message.text && (
            <p class="text" dir="auto">
              <Text text={message.text} />
            </p>
          )}
          {message.image && <Picture address={message.image} settle={settle} />}
          {message.attachments?.length ? <Attachments files={message.attachments} settle={settle} /> : null}
        </>
      )}
      <Delivery row={row} />
      {row.asks && <Feedback message={message} />}
      {message.feedback === "solved" && (
        <p class="delivery">
          <Icon name="check" />
          {t("feedback.solved")}
        </p>
      )}
    </article>
  );
}

/** Drawn anew only when something in it has changed: a long log is redrawn with every event. */
export class Line extends Component<Given> {
  override shouldComponentUpdate({ row }: Given): boolean {
    const { message, first, delivery, entry, asks } = this.props.row;
    return (
      row.message !== message &&
        (row.message.number !== message.number || row.message.number === 0 || row.message.recalled !== message.recalled ||
          row.message.feedback !== message.feedback) ||
      row.first !== first || row.delivery !== delivery || row.entry?.code !== entry?.code || row.asks !== asks
    );
  }

  override render({ row, settle }: Given) {
    return <Bubble row={row} settle={settle} />;
  }
}

function Delivery({ row: { delivery, entry } }: { row: MessageRow }) {
  const { chat, t } = useUi();
  if (!delivery) return null;
  if (delivery !== "failed" || !entry) {
    const waiting = chat.visit.connection === "open" ? "message.sending" : "message.waiting";
    return (
      <p class="delivery">
        {delivery === "waiting" || delivery === "failed" ? t(waiting) : t(`message.${delivery}`)}
        {delivery === "read" && <Icon name="check" />}
      </p>
    );
  }
  return (
    <p class="delivery" role="alert">
      {t("message.not_sent", { reason: reason(t, entry.code) })}{" "}
      <button type="button" class="link" onClick={() => chat.retry(entry)}>
        {t("message.retry")}
      </button>{" "}
      <button type="button" class="link" onClick={() => chat.discard(entry)}>
        {t("message.discard")}
      </button>
    </p>
  );
}

/** "Not solved" counts as a rejected answer: the assistant may then hand over. */
function Feedback({ message }: { message: Message }) {
  const { chat, t } = useUi();
  const say = (solved: boolean) =>
    chat.say({ text: t(solved ? "feedback.solved" : "feedback.not_solved"), feedback: { message: message.id, solved } });
  return (
    <div class="feedback" role="group" aria-label={t("feedback.ask")}>
      <span>{t("feedback.ask")}</span>
      <div>
        <button type="button" onClick={() => say(true)}>
          <Icon name="thumbUp" />
          {t("feedback.solved")}
        </button>
        <button type="button" onClick={() => say(false)}>
          <Icon name="thumbDown" />
          {t("feedback.not_solved")}
        </button>
      </div>
    </div>
  );
}

function authorName(t: Words, { author, author_name }: Message): string {
  const role = t(`author.${author}`);
  return author === "agent" && author_name ? t("author.named", { name: author_name, role }) : role;
}
