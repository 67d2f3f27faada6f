import { useUi } from "./context";

/** Only the newest message's answers are on offer: older ones would answer a question no longer asked. */
export function Replies({ wrote }: { wrote: () => void }) {
  const { chat, t } = useUi();
  const { messages, unsent, state } = chat.visit;
  const newest = messages.at(-1);
  const settled = state.owner !== "queue" && !unsent.all.length;
  const buttons = !settled || newest?.recalled ? [] : (newest?.buttons ?? []);
  if (!buttons.length) return null;
  return (
    <div class="replies" role="group" aria-label={t("replies.label")}>
      {buttons.map(({ title, payload }) => (
        <button
          key={`${title} ${payload}`}
          type="button"
          dir="auto"
          onClick={() => {
            wrote();
            chat.say({ text: title, payload });
          }}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
