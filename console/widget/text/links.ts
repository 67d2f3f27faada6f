/** Links in what people write. Everything that is not plainly a link stays text. */

export type Piece = string | { href: string; text: string };

// up to white space, quotes, angle brackets or the punctuation of a Chinese sentence
const CANDIDATE = /(?:https?:\/\/|mailto:|tel:)[^\s<>"'`、，。；：！？（）【】《》「」『』“”‘’…]+/giu;
// what turns or hides writing, so that an address reads as another one
const DECEITFUL = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
const TRAILING = /[.,;:!?*_~|]+$/;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const shown = trimmed(match[0]);
    const href = linkTo(shown);
    if (!href) continue;
    if (match.index > end) found.push(text.slice(end, match.index));
    found.push({ href, text: shown });
    end = match.index + shown.length;
  }
  if (end < text.length) found.push(text.slice(end));
  return found;
}

/** Where the address leads, or "" when it may not be followed. */
export function linkTo(address: string): string {
  if (DECEITFUL.test(address)) return "";
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return "";
  }
  if (url.protocol === "tel:") return /^tel:\+?[\d().-]{3,}$/i.test(address) ? url.href : "";
  if (url.protocol === "mailto:") return /^mailto:[^@?]+@[^@?]+(\?.*)?$/i.test(address) ? url.href : "";
  if (url.protocol !== "https:" && url.protocol !== "http:") return "";
  // https://bank.example@elsewhere.example leads elsewhere
  return url.hostname && !url.username && !url.password ? url.href : "";
}

/** The address of a picture, or "" when a picture may not come from there. */
export function pictureAt(address: string): string {
  if (/^data:image\/[\w.+-]+[;,]/i.test(address)) return address;
  const href = linkTo(address);
  return /^https?:/.test(href) ? href : "";
}

/** Without the full stop of the sentence, and without a bracket that was opened before the address. */
function trimmed(address: string): string {
  let text = address.replace(TRAILING, "");
  while (text.endsWith(")") && count(text, ")") > count(text, "(")) text = text.slice(0, -1).replace(TRAILING, "");
  return text;
}

const count = (text: string, letter: string) => text.split(letter).length - 1;
