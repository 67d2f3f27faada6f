/** Where in the console the browser is: `#/rules` is a page, `#/rules/3` a place in it, `#<id>` a conversation. */
import { computed, shallowRef } from "vue";

export interface Place {
  /** The page's id; "desk" for the conversations. */
  page: string;
  /** Where in the page: what follows its id. */
  rest: string;
  conversation: string | null;
}

const hash = shallowRef(location.hash);
window.addEventListener("hashchange", () => (hash.value = location.hash));

export const place = computed(() => placeOf(hash.value));

export function placeOf(hash: string): Place {
  const [, page, rest = ""] = /^#\/([^/]+)(?:\/(.*))?$/.exec(hash) ?? [];
  if (page) return { page, rest: decoded(rest), conversation: null };
  return { page: "desk", rest: "", conversation: hash.slice(1) || null };
}

export function addressOf(page: string, rest = ""): string {
  if (page === "desk") return "#";
  return rest ? `#/${page}/${encodeURIComponent(rest)}` : `#/${page}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // typed by hand
  }
}
