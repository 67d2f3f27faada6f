import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // addresses in templates are the service's own
  plugins: [vue({ template: { transformAssetUrls: false } })],
  resolve: {
    alias: { "@": here("./src"), "@widget": here("./widget") },
    // the tests live outside this folder and find their packages here
    dedupe: ["vue", "vue-i18n", "vitest", "preact"],
  },
  define: { __VUE_OPTIONS_API__: "false", __VUE_I18N_LEGACY_API__: "false" },
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // those that know light-dark(), which tokens.css is made of
    // nothing inline: the service's Content-Security-Policy allows its own files only
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    fs: { allow: [here("..")] },
    // `npm run dev` beside a running service
    proxy: { "/api": "http://127.0.0.1:8000", "/static": "http://127.0.0.1:8000" },
  },
  test: {
    root: here(".."),
    include: ["tests/console/**/*.test.ts"],
    alias: { vue: here("./node_modules/vue") }, // where a page is emulated, `dedupe` does not find it
    css: true, // read as they are: the tokens are tested
    isolate: false, // starting an environment for each file takes longer than all tests
  },
});
