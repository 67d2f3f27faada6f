import { useState } from "preact/hooks";
import { reason, useUi } from "./context";
import { Icon } from "./icons";

/** Where the customer stands in the queue, and what they can do about it. */
export function Queue({ leave }: { leave: () => void }) {
  const { chat, t } = useUi();
  const { owner, position, wait_seconds, can_leave_message } = chat.visit.state;
  const [waits, setWaits] = useState(false);
  const [problem, setProblem] = useState("");
  if (owner !== "queue") return null;

  const minutes = Math.round((wait_seconds ?? 0) / 60);
  const howLong = !wait_seconds ? "" : minutes > 1 ? t("queue.minutes", { minutes }) : t("queue.minute");

  function choose(choice: "wait" | "bot"): void {
    setProblem("");
    setWaits(choice === "wait");
    chat.choose(choice).catch((error: unknown) => {
      setWaits(false);
      setProblem(reason(t, error));
    });
  }

  return (
    <section class="card" aria-label={t("queue.label")}>
      <p class="standing" role="status">
        <Icon name="clock" />
        <span>
          <strong>{position ? t("queue.position", { position }) : t("queue.waiting")}</strong>
          {howLong && <span>{howLong}</span>}
        </span>
      </p>
      {waits && <p class="soft">{t("queue.kept")}</p>}
      <div class="actions">
        {!waits && (
          <button type="button" class="primary" onClick={() => choose("wait")}>
            {t("queue.wait")}
          </button>
        )}
        {can_leave_message && (
          <button type="button" onClick={leave}>
            <Icon name="mail" />
            {t("queue.message")}
          </button>
        )}
        <button type="button" onClick={() => choose("bot")}>
          {t("queue.bot")}
        </button>
      </div>
      {problem && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
