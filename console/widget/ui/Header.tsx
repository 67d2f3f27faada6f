import { useEffect, useRef, useState } from "preact/hooks";
import { LANGUAGES, type Language } from "../i18n";
import { useUi } from "./context";
import { Icon } from "./icons";

const NAMES: Record<Language, string> = { zh: "中文", en: "English" };

interface Given {
  name: string;
  close: (() => void) | null;
  /** null where nobody takes a message */
  leave: (() => void) | null;
}

export function Header({ name, close, leave }: Given) {
  const { chat, t } = useUi();
  const { connection, state } = chat.visit;
  const offline = useOffline();
  const broken = connection === "down" || (offline && connection !== "ended");
  const agent = state.owner === "agent" ? state.agent?.name : null;

  const line = () => {
    if (connection !== "open") return t(broken ? "connection.idle" : `connection.${connection}`);
    if (state.owner === "queue") return t("with.queue");
    if (state.owner === "bot") return t("with.bot");
    if (state.typing) return agent ? t("with.typing", { name: agent }) : t("with.someone_typing");
    return agent ? t("with.agent", { name: agent }) : t("with.someone");
  };

  return (
    <>
      <div class="header">
        <span class="avatar" aria-hidden="true">
          {agent ? [...agent][0] : <Icon name={state.owner === "bot" ? "bot" : "person"} />}
        </span>
        <div class="who">
          <h2 dir="auto">{name}</h2>
          <p class="with">
            <span class="dot" role="img" data-connection={connection} aria-label={t(`connection.${connection}`)} />
            <bdi>{line()}</bdi>
          </p>
        </div>
        <Menu leave={leave} />
        {close && (
          <button type="button" class="bare" aria-label={t("panel.close")} onClick={close}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <p class="banner" role="status" hidden={!broken}>
        {broken && t(offline ? "connection.offline" : "connection.down")}
      </p>
    </>
  );
}

function Menu({ leave }: Pick<Given, "leave">) {
  const { preferences, language, t } = useUi();
  const [open, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => !event.composedPath().includes(menu.current!) && setOpen(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const keys = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    event.preventDefault(); // closes the menu, not the panel
    setOpen(false);
    menu.current?.querySelector("button")?.focus();
  };

  return (
    <div ref={menu} class="menu" onKeyDown={keys}>
      <button type="button" class="bare" aria-label={t("panel.menu")} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="menu" />
      </button>
      {open && (
        <div class="sheet">
          <label>
            {t("menu.language")}
            <select
              value={language}
              onChange={({ currentTarget }) => preferences.choose({ language: currentTarget.value as Language })}
            >
              {LANGUAGES.map((each) => (
                <option key={each} value={each} lang={each} selected={each === language}>
                  {NAMES[each]}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t("menu.sound")}
            <input
              type="checkbox"
              checked={preferences.sound}
              onChange={({ currentTarget }) => preferences.choose({ sound: currentTarget.checked })}
            />
          </label>
          {leave && (
            <button
              type="button"
              onClick={() => {
                setOpen(false);
                leave();
              }}
            >
              <Icon name="mail" />
              {t("queue.message")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function useOffline(): boolean {
  const [offline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const look = () => setOffline(!navigator.onLine);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  return offline;
}
