/** What somebody set for this browser: appearance, sound, notifications, single keys. */
import { shallowReactive, watch } from "vue";
import { keep, perBrowser, recall } from "@/lib/stored";

const STORED = "baton.settings";
export const THEMES = ["system", "light", "dark"] as const;

export interface Settings {
  theme: (typeof THEMES)[number];
  sound: boolean;
  notify: boolean;
  /** Keys without Alt or Ctrl act: not for those who dictate or whose hand is unsteady. */
  singleKeys: boolean;
  /** Suggested answers above the box. */
  suggestions: boolean;
  /** The summary unfolded. */
  summary: boolean;
}

const DEFAULTS: Settings = { theme: "system", sound: false, notify: false, singleKeys: true, suggestions: true, summary: true };

export const settings = shallowReactive<Settings>({ ...DEFAULTS, ...recall<Partial<Settings>>(perBrowser, STORED) });

watch(
  () => ({ ...settings }),
  (now) => {
    keep(perBrowser, STORED, now);
    document.documentElement.dataset.theme = now.theme;
  },
);
document.documentElement.dataset.theme = settings.theme;
