/** The log-in form. */
import { api } from "./api.js";
import { byId, setText } from "./dom.js";
import { t } from "./i18n.js";
import { errorText } from "./words.js";

export class Login {
  #busy = false;

  /** @param entered called with the agent who has logged in */
  constructor(entered) {
    this.entered = entered;
    byId("login-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  show(message) {
    byId("login").hidden = false;
    this.#say(message);
    byId(byId("email").value ? "password" : "email").focus();
  }

  hide() {
    byId("login").hidden = true;
    this.#say("");
  }

  /** After a change of language a message in the old one would be out of place. */
  refresh() {
    this.#say("");
  }

  async #submit() {
    if (this.#busy) return;
    this.#busy = true;
    this.#say("");
    try {
      const { agent } = await api.login(byId("email").value.trim(), byId("password").value);
      byId("password").value = "";
      this.entered(agent);
    } catch (error) {
      this.#say(error.status === 401 ? t("login.wrong") : errorText(error));
      byId("password").select();
    } finally {
      this.#busy = false;
    }
  }

  #say(message) {
    byId("login-error").hidden = !message;
    setText(byId("login-error"), message);
  }
}
