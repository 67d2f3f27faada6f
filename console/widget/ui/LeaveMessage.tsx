import { useEffect, useRef, useState } from "preact/hooks";
import { newId } from "@/lib/ids";
import type { Key } from "../i18n";
import { Refused } from "../protocol/client";
import { contactProblem } from "../text/contact";
import { reason, useUi } from "./context";
import { Icon } from "./icons";

/** Words for when nobody has the time now, and where to answer them. */
export function LeaveMessage({ done }: { done: () => void }) {
  const { chat, preferences, t } = useUi();
  const [given, setGiven] = useState({ email: "", phone: "", name: "", text: preferences.draft });
  const [problem, setProblem] = useState<Key | null>(null);
  const [trouble, setTrouble] = useState("");
  const [state, setState] = useState<"writing" | "sending" | "sent">("writing");
  const id = useRef(newId()); // a repetition is the same message
  const form = useRef<HTMLFormElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => heading.current?.focus(), [state === "sent"]);

  const set = (name: keyof typeof given) => ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => {
    setGiven({ ...given, [name]: currentTarget.value });
    setProblem(null);
  };

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    const wrong = contactProblem(given);
    setProblem(wrong && wrong.key);
    if (wrong) {
      form.current!.querySelector<HTMLElement>(`[name=${wrong.field}]`)!.focus();
      return;
    }
    setTrouble("");
    setState("sending");
    const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim()).map(([key, value]) => [key, value.trim()]));
    try {
      await chat.leaveMessage({ ...filled, text: given.text.trim() }, id.current);
      preferences.draft = "";
      setState("sent");
    } catch (error) {
      setTrouble(reason(t, error instanceof Refused ? error : "unavailable"));
      setState("writing");
    }
  }

  if (state === "sent") {
    return (
      <div class="leave thanks">
        <Icon name="mail" />
        <h3 ref={heading} tabIndex={-1}>
          {t("leave.thanks")}
        </h3>
        <p>{t("leave.thanks_more", { contact: given.email.trim() || given.phone.trim() })}</p>
        <button type="button" class="primary" onClick={done}>
          {t("leave.back")}
        </button>
      </div>
    );
  }
  const invalid = (...keys: Key[]) => problem !== null && keys.includes(problem);
  return (
    <form ref={form} class="leave" aria-label={t("leave.title")} noValidate onSubmit={send}>
      <button type="button" class="link back" onClick={done}>
        <Icon name="back" />
        {t("leave.back")}
      </button>
      <h3 ref={heading} tabIndex={-1}>
        {t("leave.title")}
      </h3>
      <p class="soft">{t("leave.intro")}</p>
      <div class="pair">
        <label>
          {t("leave.email")}
          <input name="email" type="email" inputMode="email" autocomplete="email" dir="ltr" value={given.email} onInput={set("email")}
            aria-invalid={invalid("leave.bad_email", "leave.no_contact")} aria-describedby="contact-hint" />
        </label>
        <label>
          {t("leave.phone")}
          <input name="phone" type="tel" inputMode="tel" autocomplete="tel" dir="ltr" value={given.phone} onInput={set("phone")}
            aria-invalid={invalid("leave.bad_phone", "leave.no_contact")} aria-describedby="contact-hint" />
        </label>
      </div>
      <p id="contact-hint" class="soft small">
        {t("leave.either")}
      </p>
      <label>
        {t("leave.name")}
        <input name="name" autocomplete="name" dir="auto" value={given.name} onInput={set("name")} />
      </label>
      <label>
        {t("leave.text")}
        <textarea name="text" rows={3} dir="auto" maxLength={10_000} value={given.text} onInput={set("text")} aria-invalid={invalid("leave.no_text")} />
      </label>
      <p class="bad" role="alert">
        {problem ? t(problem) : trouble}
      </p>
      <button type="submit" class="primary" disabled={state === "sending"}>
        {t("leave.send")}
      </button>
    </form>
  );
}
