/** The script that a site includes: `<script src="https://desk.example/widget.js" data-webchat="https://bot.example" async>`. */
import { readOptions } from "./options";
import { mount, type Api } from "./ui/mount";

declare global {
  interface Window {
    Baton?: Api;
  }
}

const script = document.currentScript as HTMLScriptElement | null; // known only while the script runs for the first time

function begin(): void {
  if (window.Baton) return; // included twice
  try {
    window.Baton = mount(readOptions(script?.dataset ?? {}));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return;
  }
  window.dispatchEvent(new CustomEvent("baton:ready"));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
