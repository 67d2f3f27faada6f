/** Tells the service, sparingly, that somebody is at the desk: without a word for long it sets them to away. */
import { api } from "@/api";

export const EVERY = 60_000; // the service counts silence in minutes
const SIGNS = ["pointerdown", "keydown", "wheel", "touchmove"] as const;

/** @param counts whether it matters now: who is offline is not missed. Gives what ends it. */
export function reportActivity(counts: () => boolean): () => void {
  let told = -Infinity;
  const sign = () => {
    const now = Date.now();
    if (now - told < EVERY || !counts()) return;
    told = now;
    // Failing costs nothing: the next sign of life is told again.
    api.active().catch(() => (told = -Infinity));
  };
  for (const each of SIGNS) addEventListener(each, sign, { capture: true, passive: true });
  return () => SIGNS.forEach((each) => removeEventListener(each, sign, { capture: true }));
}
