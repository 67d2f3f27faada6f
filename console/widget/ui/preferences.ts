/** What the customer has chosen, and whether the panel is open in this tab. */
import { keep, perBrowser, perTab, recall } from "@/lib/stored";
import type { Language } from "../i18n";

const CHOSEN = "baton.widget";
const OPEN = "baton.widget.open";
const DRAFT = "baton.widget.draft";

interface Chosen {
  language?: Language;
  sound?: boolean;
}

export class Preferences {
  #chosen: Chosen = recall<Chosen>(perBrowser, CHOSEN) ?? {};
  #open = recall<boolean>(perTab, OPEN) === true;
  #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get language(): Language | null {
    return this.#chosen.language ?? null;
  }

  /** Off until the customer wants it. */
  get sound(): boolean {
    return this.#chosen.sound === true;
  }

  choose(chosen: Chosen): void {
    this.#chosen = { ...this.#chosen, ...chosen };
    keep(perBrowser, CHOSEN, this.#chosen);
    this.#tell();
  }

  get open(): boolean {
    return this.#open;
  }

  show(open: boolean): void {
    if (this.#open === open) return;
    this.#open = open;
    keep(perTab, OPEN, open || null);
    this.#tell();
  }

  /** What is in the box and not said yet survives a reload, in this tab only. */
  get draft(): string {
    return recall<string>(perTab, DRAFT) ?? "";
  }

  set draft(text: string) {
    keep(perTab, DRAFT, text || null);
  }

  #tell(): void {
    this.#listeners.forEach((listener) => listener());
  }
}
