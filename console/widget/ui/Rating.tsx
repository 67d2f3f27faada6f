import { useEffect, useState } from "preact/hooks";
import { Refused } from "../protocol/client";
import { reason, useUi } from "./context";
import { Icon } from "./icons";

const SCORES = [1, 2, 3, 4, 5] as const;
type Score = (typeof SCORES)[number];

/** How satisfied the customer was, asked once after a person has helped. `id` is that of the open question. */
export function Rating({ id }: { id: string | null }) {
  const { chat, t } = useUi();
  const { last } = chat.visit.timeline;
  const [score, setScore] = useState(0);
  const [comment, setComment] = useState("");
  const [problem, setProblem] = useState("");
  const [state, setState] = useState<"open" | "sending" | "done" | "later">("open");
  const [ratedAt, setRatedAt] = useState(0); // the thanks go when the conversation goes on

  useEffect(() => {
    if (id === null) return;
    setState("open");
    setScore(0);
    setComment("");
    setProblem("");
  }, [id]);
  if (state === "done" ? last > ratedAt : id === null || state === "later") return null;

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    setState("sending");
    try {
      await chat.rate(id!, score, comment);
      setRatedAt(chat.visit.timeline.last);
      setState("done");
    } catch (error) {
      const over = error instanceof Refused && error.code === "already_rated";
      setProblem(over ? "" : reason(t, error));
      setRatedAt(chat.visit.timeline.last);
      setState(over ? "done" : "open");
    }
  }

  if (state === "done") {
    return (
      <p class="card thanked" role="status">
        <Icon name="check" />
        {t("rating.thanks")}
      </p>
    );
  }
  return (
    <form class="card rating" aria-label={t("rating.ask")} onSubmit={send}>
      <fieldset>
        <legend>{t("rating.ask")}</legend>
        <div class="stars">
          {SCORES.map((each) => (
            <label key={each} class={each <= score ? "full" : ""}>
              <input type="radio" name="score" value={each} checked={each === score} onChange={() => setScore(each)}
                aria-label={t(`rating.score_${each}`)} />
              <Icon name="star" />
            </label>
          ))}
          <span class="soft small" aria-hidden="true">{score ? t(`rating.score_${score as Score}`) : ""}</span>
        </div>
      </fieldset>
      {score > 0 && (
        <textarea rows={2} dir="auto" maxLength={2000} aria-label={t("rating.comment")} placeholder={t("rating.comment")}
          value={comment} onInput={({ currentTarget }) => setComment(currentTarget.value)} />
      )}
      {problem && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
      <div class="actions">
        <button type="submit" class="primary" disabled={!score || state === "sending"}>
          {t("rating.send")}
        </button>
        <button type="button" onClick={() => setState("later")}>
          {t("rating.later")}
        </button>
      </div>
    </form>
  );
}
