/** Puts the widget on the page, apart from the page's styles: in a shadow root, with a style sheet that is its own. */
import { render } from "preact";
import { preferred } from "../i18n";
import { Chat } from "../line/chat";
import type { Options } from "../options";
import { App } from "./App";
import { Preferences } from "./preferences";
import css from "./widget.css?inline";

/** What a site may call, as `window.Baton`. */
export interface Api {
  open(): void;
  close(): void;
  /** A token that the site's server has signed for who is logged in; null when nobody is any more. */
  setCustomer(token: string | null): void;
}

/** The link in a mail carries its token in the fragment, where no server sees it; it goes before anybody copies it. */
function takenFromAddress(): string | null {
  const token = /^#resume=([^&\s]{1,512})$/.exec(location.hash)?.[1] ?? null;
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

export function mount(options: Options): Api {
  const place = options.inline === null ? document.body : document.querySelector(options.inline);
  if (!place) throw new Error(`Baton: there is no element ${options.inline} on this page`);

  const host = document.createElement("div");
  host.dataset.batonWidget = "";
  if (options.inline !== null) host.dataset.inline = "";
  const root = host.attachShadow({ mode: "open" });
  // made by script, so that a site's policy against inline styles lets it pass
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  place.append(host);

  const preferences = new Preferences();
  const language = () => preferred(preferences.language, options.language);
  const chat = new Chat(options, language, options.customer);
  const follow = () => {
    const link = host.isConnected ? takenFromAddress() : null; // a site may have taken the widget off the page
    if (!link) return;
    chat.resume(link);
    preferences.show(true);
  };
  follow();
  window.addEventListener("hashchange", follow); // a link to the page that is open already loads nothing anew
  render(<App chat={chat} preferences={preferences} options={options} />, root);

  return {
    open: () => preferences.show(true),
    close: () => preferences.show(false),
    setCustomer: (token) => {
      if (chat.setCustomer(token)) preferences.draft = "";
    },
  };
}
