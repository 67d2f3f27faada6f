import { useEffect, useRef, useState } from "preact/hooks";
import { locale, preferred, wordsIn } from "../i18n";
import type { Chat } from "../line/chat";
import { chime } from "../line/sound";
import type { Options } from "../options";
import { UiContext, useChanges } from "./context";
import { Launcher } from "./Launcher";
import { Panel } from "./Panel";
import type { Preferences } from "./preferences";

interface Given {
  chat: Chat;
  preferences: Preferences;
  options: Options;
}

/** The button and the panel, or the panel alone where it is part of the page. */
export function App({ chat, preferences, options }: Given) {
  useChanges(chat, preferences);
  const language = preferred(preferences.language, options.language);
  const t = wordsIn(language);
  const inline = options.inline !== null;
  const open = inline || preferences.open;
  const launcher = useRef<HTMLButtonElement>(null);
  const { unread } = chat.visit;
  const before = useRef(unread);
  const appearance = useAppearance(options.theme);

  useEffect(() => {
    if (open || chat.known) chat.begin();
  }, [open, chat.visit]);

  useEffect(() => {
    if (unread > before.current && preferences.sound) chime();
    before.current = unread;
  }, [unread]);

  const close = () => {
    preferences.show(false);
    requestAnimationFrame(() => launcher.current?.focus());
  };

  return (
    <UiContext.Provider value={{ chat, preferences, t, language }}>
      <div class={`root ${inline ? "inline" : options.side}`} lang={locale(language)} dir="ltr" data-theme={appearance}>
        {open && <Panel key={chat.visit.key} title={options.title} inline={inline} close={close} />}
        {!inline && <Launcher unread={unread} open={open} button={launcher} toggle={() => (open ? close() : preferences.show(true))} />}
      </div>
    </UiContext.Provider>
  );
}

/** As the site wants it, else as the system is set. */
function useAppearance(theme: Options["theme"]): "light" | "dark" {
  const query = matchMedia("(prefers-color-scheme: dark)");
  const [dark, setDark] = useState(query.matches);
  useEffect(() => {
    const look = () => setDark(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return theme ?? (dark ? "dark" : "light");
}
