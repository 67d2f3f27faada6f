import { useUi } from "./context";

/** The server does not take the visit any more. */
export function Ended() {
  const { chat, t } = useUi();
  return (
    <div class="card" role="alert">
      <p>{t("ended.why")}</p>
      <div class="actions">
        <button type="button" class="primary" onClick={() => chat.startNew()}>
          {t("ended.start")}
        </button>
      </div>
    </div>
  );
}
