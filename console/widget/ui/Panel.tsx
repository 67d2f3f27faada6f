import { useEffect, useRef, useState } from "preact/hooks";
import { Composer } from "./Composer";
import { useUi } from "./context";
import { Ended } from "./Ended";
import { Header } from "./Header";
import { LeaveMessage } from "./LeaveMessage";
import { Log } from "./Log";
import { Queue } from "./Queue";
import { Rating } from "./Rating";
import { Replies } from "./Replies";
import { coverScreen, holdFocus } from "./screen";

interface Given {
  title: string | null;
  inline: boolean;
  close: () => void;
}

export function Panel({ title, inline, close }: Given) {
  const { chat, t } = useUi();
  const { visit } = chat;
  const { connection, state } = visit;
  const panel = useRef<HTMLElement>(null);
  const [leaving, setLeaving] = useState(false);
  const [news, setNews] = useState(visit.lastSeen); // where the news began when the panel was opened
  const name = title ?? t("panel.title");
  const ended = connection === "ended";
  const mayLeave = state.can_leave_message && !leaving && !ended;

  useEffect(() => (inline ? undefined : coverScreen(panel.current!)), [inline]);

  const wrote = () => setNews(0); // who answers has read the news

  const keys = (event: KeyboardEvent) => {
    if (event.isComposing || inline) return;
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") holdFocus(panel.current!, event);
  };

  return (
    <section ref={panel} class="panel" role={inline ? "region" : "dialog"} aria-label={name} tabIndex={-1} onKeyDown={keys}>
      <Header name={name} close={inline ? null : close} leave={mayLeave ? () => setLeaving(true) : null} />
      {leaving ? (
        <LeaveMessage done={() => setLeaving(false)} />
      ) : (
        <>
          <Log news={news} />
          {!ended && <Replies wrote={wrote} />}
          {!ended && <Rating id={state.rating?.id ?? null} />}
          {!ended && <Queue leave={() => setLeaving(true)} />}
          {ended ? <Ended /> : <Composer wrote={wrote} focus={!inline} />}
        </>
      )}
    </section>
  );
}
