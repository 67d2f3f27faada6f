/** Who is at the desk, if anybody: opening, log-in, the desk, and back. */
import { shallowRef } from "vue";
import { api, asApiError, type Agent } from "@/api";
import { t } from "@/i18n";
import { errorText } from "@/i18n/words";
import { clearNotices, notify } from "@/notices/notices";
import { Desk } from "./desk";

export class Session {
  readonly phase = shallowRef<"starting" | "login" | "desk">("starting");
  readonly desk = shallowRef<Desk | null>(null);
  /** What the log-in form has to say, in the language of the moment. */
  readonly told = shallowRef<(() => string) | null>(null);

  async boot(): Promise<void> {
    try {
      this.enter(await api.me());
    } catch (caught) {
      const error = asApiError(caught);
      this.#show(error.status === 401 ? null : () => errorText(error));
    }
  }

  enter(me: Agent): void {
    this.desk.value = new Desk(me, () => this.#ended());
    this.told.value = null;
    this.phase.value = "desk";
  }

  async logIn(email: string, password: string): Promise<boolean> {
    this.told.value = null;
    try {
      this.enter((await api.login(email, password)).agent);
      return true;
    } catch (caught) {
      const error = asApiError(caught);
      this.told.value = () => (error.status === 401 ? t("login.wrong") : errorText(error));
      return false;
    }
  }

  async logOut(): Promise<void> {
    try {
      await api.logout();
    } catch (caught) {
      notify(errorText(asApiError(caught)), "bad");
      return;
    }
    this.desk.value?.forget();
    this.#show(null);
  }

  /** The log-in is over. What was not sent stays with this agent and goes out after the next log-in. */
  #ended(): void {
    if (this.desk.value) this.#show(() => t("login.ended"));
  }

  #show(told: (() => string) | null): void {
    this.desk.value?.close();
    this.desk.value = null;
    clearNotices();
    this.told.value = told;
    this.phase.value = "login";
  }
}
