import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { locale } from "../i18n";
import { rowsOf, type Row } from "../visit/rows";
import { useUi } from "./context";
import { Icon } from "./icons";
import { Line } from "./Line";

const SLACK = 48; // about two lines: a reader at the end is seldom exactly there

/** Kept at its newest line, unless the reader has scrolled up: then a button says that there is more below. */
export function Log({ news }: { news: number }) {
  const { chat, t, language } = useUi();
  const { messages, unsent, state, connection, timeline } = chat.visit;
  const waiting = unsent.all;
  const rows = rowsOf(messages, waiting, news, state.read_up_to ?? 0);
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const top = useRef(0);
  const before = useRef({ rows: 0, unsent: 0 });
  const [below, setBelow] = useState(false);

  /** What has been on the screen, down to the newest line. */
  const seen = () => {
    if (atEnd.current && document.visibilityState === "visible") chat.seen();
  };
  const toEnd = () => {
    const element = log.current;
    if (!element) return; // a picture that loads after the log was left
    element.scrollTop = element.scrollHeight;
    atEnd.current = true;
    setBelow(false);
    seen();
  };
  const settle = () => atEnd.current && toEnd();
  const look = () => {
    const { scrollHeight, scrollTop, clientHeight } = log.current!;
    if (scrollHeight - scrollTop - clientHeight < SLACK) atEnd.current = true;
    else if (scrollTop < top.current) atEnd.current = false; // else a picture has grown, and nobody has moved
    top.current = scrollTop;
    if (atEnd.current) setBelow(false);
    seen();
  };

  useLayoutEffect(() => {
    const wrote = waiting.length > before.current.unsent; // who has just written wants to see it
    const more = rows.length > before.current.rows;
    before.current = { rows: rows.length, unsent: waiting.length };
    if (wrote || atEnd.current) toEnd();
    else if (more) setBelow(true);
  });
  useEffect(() => {
    // The log shrinks too: for a phone's keyboard, for answers on offer, for a longer draft.
    const observer = new ResizeObserver(settle);
    observer.observe(log.current!);
    return () => observer.disconnect();
  }, []);

  const typing = state.typing && state.owner !== "queue";
  return (
    <div class="scrolling">
      <div
        ref={log}
        class="log"
        role="log"
        aria-relevant="additions"
        aria-busy={connection === "connecting"} // what was said before is not read out as news
        aria-label={t("log.label")}
        tabIndex={0}
        onScroll={look}
      >
        {rows.map((row) => (row.kind === "message" ? <Line key={row.key} row={row} settle={settle} /> : <Between key={row.key} row={row} />))}
        {!rows.length && connection !== "ended" && (connection === "open" || timeline.last === 0) && (
          <div class="welcome">
            <p class="greeting">{t("log.welcome")}</p>
            <p>{t("log.welcome_more")}</p>
          </div>
        )}
        {typing && (
          <div class="typing" aria-hidden="true">
            <i />
            <i />
            <i />
          </div>
        )}
      </div>
      {below && (
        <button type="button" class="newest" onClick={toEnd}>
          {t("log.newest")}
          <Icon name="down" />
        </button>
      )}
    </div>
  );

  function Between({ row }: { row: Exclude<Row, { kind: "message" }> }) {
    return (
      <div class={`between ${row.kind}`} role="separator">
        <span>{row.kind === "news" ? t("log.news") : day(row.at)}</span>
      </div>
    );
  }

  function day(iso: string): string {
    const moment = new Date(iso);
    if (moment.toDateString() === new Date().toDateString()) return t("log.today");
    return new Intl.DateTimeFormat(locale(language), { month: "long", day: "numeric", weekday: "short" }).format(moment);
  }
}
