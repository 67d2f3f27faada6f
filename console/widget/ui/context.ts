/** What every part of the panel needs. */
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { has, type Language, type Words } from "../i18n";
import type { Chat } from "../line/chat";
import { Refused } from "../protocol/client";
import type { Preferences } from "./preferences";

export interface Ui {
  chat: Chat;
  preferences: Preferences;
  t: Words;
  language: Language;
}

export const UiContext = createContext<Ui | null>(null);

export function useUi(): Ui {
  return useContext(UiContext)!;
}

interface Changing {
  subscribe(listener: () => void): () => void;
}

/** Draw anew whenever one of them has changed. */
export function useChanges(...things: Changing[]): void {
  const [, draw] = useState(0);
  useEffect(() => {
    const stops = things.map((thing) => thing.subscribe(() => draw((count) => count + 1)));
    draw((count) => count + 1); // what changed before anybody listened
    return () => stops.forEach((stop) => stop());
  }, things);
}

/** What a refusal means to the customer. */
export function reason(t: Words, error: unknown): string {
  const key = `error.${error instanceof Refused ? error.code : error}`;
  return t(has(key) ? key : "error.unavailable");
}
