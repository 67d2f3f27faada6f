/** Whether the panel is there: beside the conversation where there is room, kept per browser; else a drawer, shut at first. */
import { computed, shallowRef } from "vue";
import { keep, perBrowser, recall } from "@/lib/stored";

const STORED = "baton.customer_panel";
const WIDE = matchMedia("(min-width: 80rem)");

const wide = shallowRef(WIDE.matches);
const beside = shallowRef(recall<boolean>(perBrowser, STORED) ?? true);
const drawer = shallowRef(false);
WIDE.addEventListener("change", () => {
  wide.value = WIDE.matches;
  drawer.value = false;
});

export const panelShown = computed(() => (wide.value ? beside.value : drawer.value));
export const panelCovers = computed(() => !wide.value && drawer.value);

export function togglePanel(): void {
  if (wide.value) keep(perBrowser, STORED, (beside.value = !beside.value));
  else drawer.value = !drawer.value;
}
