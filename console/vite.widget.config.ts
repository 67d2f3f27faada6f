import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The customer's widget: one script that brings its styles along, beside the console in the same folder. */
export default defineConfig({
  root: here("./widget"),
  resolve: { alias: { "@": here("./src") } },
  publicDir: false,
  build: {
    target: ["chrome100", "firefox101", "safari16.4"], // the oldest that know adoptedStyleSheets
    emptyOutDir: false,
    lib: { entry: here("./widget/main.ts"), formats: ["iife"], name: "BatonWidget", fileName: () => "widget.js" },
  },
});
