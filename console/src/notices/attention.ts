/** Calls the agent to the desk: a sound, a notification of the browser; each only where it is switched on. */
import { t } from "@/i18n";
import { keep, perBrowser, recall } from "@/lib/stored";
import { settings } from "@/stores/settings";

const HEARD = "baton.heard"; // shared by the tabs: one desk open twice rings once

/** @param key names the occasion, the same in every tab; `open` shows what it is about */
export function callAttention(key: string, text: string, open: () => void): void {
  if (recall<string>(perBrowser, HEARD) !== key) {
    keep(perBrowser, HEARD, key);
    if (settings.sound) ring();
  }
  if (settings.notify && document.visibilityState === "hidden" && canNotify()) {
    // customers' words stay out of it: a lock screen shows it to everybody
    const notification = new Notification(t("notice.desk"), { body: text, tag: key });
    notification.onclick = () => {
      window.focus();
      open();
      notification.close();
    };
  }
}

export const canNotify = () => "Notification" in window && Notification.permission === "granted";

/** Ask the browser's leave; gives whether it was granted. Only in answer to a click. */
export async function askToNotify(): Promise<boolean> {
  return "Notification" in window && (await Notification.requestPermission()) === "granted";
}

let audio: AudioContext | null = null;

/** Two soft tones. Browsers stay silent until the page was clicked once; then this does nothing. */
export function ring(): void {
  audio ??= new AudioContext();
  const start = audio.currentTime;
  for (const [frequency, after] of [[660, 0], [880, 0.14]] as const) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.12, start + after);
    volume.gain.exponentialRampToValueAtTime(0.001, start + after + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + after);
    tone.stop(start + after + 0.4);
  }
}
