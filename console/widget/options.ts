/** What a site says about the widget, in the attributes of its script tag. */
import { LANGUAGES, type Language } from "./i18n";

export interface Options {
  /** where the web chat is, as an origin or an address with a path before `/webhooks` */
  webchat: string;
  site: string;
  language: Language | null;
  /** a selector of the element to fill; without one a button floats above the page */
  inline: string | null;
  side: "right" | "left";
  title: string | null;
  /** null: as the customer's system is set */
  theme: "light" | "dark" | null;
  /** a customer whom the site has signed */
  customer: string | null;
}

/** Throws an Error whose text tells the site's developer what is wrong. */
export function readOptions(data: DOMStringMap): Options {
  const webchat = data.webchat ?? "";
  let address: URL;
  try {
    address = new URL(webchat);
  } catch {
    throw new Error(`Baton: data-webchat must be the address of the web chat, such as https://bot.example; it is "${webchat}"`);
  }
  if (!/^https?:$/.test(address.protocol)) throw new Error("Baton: data-webchat must begin with https:// or http://");
  return {
    webchat: address.origin + address.pathname.replace(/\/+$/, ""),
    site: data.site || "default",
    language: LANGUAGES.find((each) => each === (data.language ?? "").slice(0, 2).toLowerCase()) ?? null,
    inline: data.inline || null,
    side: data.side === "left" ? "left" : "right",
    title: data.title || null,
    theme: data.theme === "light" || data.theme === "dark" ? data.theme : null,
    customer: data.customer || null,
  };
}
