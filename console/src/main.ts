import { createApp } from "vue";
import App from "./App.vue";
import "./design/tokens.css";
import "./design/base.css";
import { preferredLanguage, useLanguage } from "./i18n";

useLanguage(preferredLanguage());
createApp(App).mount("#app");
