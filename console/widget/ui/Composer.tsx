import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useUi } from "./context";
import { Icon } from "./icons";
import { Uploads, useUploads } from "./Uploads";

const MAX_TEXT = 10_000; // the services refuse more
const WARN_AT = 9_000;

interface Given {
  wrote: () => void;
  focus: boolean;
}

/** Files are taken anywhere on the panel: one that misses the box must not take the page away. */
function useDrops(box: { current: HTMLElement | null }, add: ((file: File) => void) | null): boolean {
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    const panel = box.current!.closest<HTMLElement>(".panel")!;
    const follow = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return; // dragged words go where they always went
      event.preventDefault();
      setDragging(add !== null && event.type === "dragover");
      if (event.type === "drop" && add) [...event.dataTransfer.files].forEach(add);
    };
    const kinds = ["dragover", "dragleave", "drop"] as const;
    kinds.forEach((kind) => panel.addEventListener(kind, follow));
    return () => kinds.forEach((kind) => panel.removeEventListener(kind, follow));
  });
  return dragging;
}

/** A box to write in. Enter sends, Shift+Enter breaks the line, and Enter that ends a composition does neither. */
export function Composer({ wrote, focus }: Given) {
  const { chat, preferences, t } = useUi();
  const [text, setText] = useState(preferences.draft);
  const box = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const uploads = useUploads();
  const offers = chat.visit.features.upload;
  // Counted as the services count, by code point: one emoji is one character.
  const length = text.length > WARN_AT / 2 ? [...text].length : text.length;
  const over = length > MAX_TEXT;
  const ready = !over && !uploads.working && (!!text.trim() || uploads.files.length > 0);

  useLayoutEffect(() => {
    const element = box.current!;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + 2}px`;
  }, [text]);
  useEffect(() => {
    // on a touch screen it would open the keyboard over what is to be read
    if (focus && matchMedia("(pointer: fine)").matches) box.current!.focus();
    else if (focus) box.current!.closest<HTMLElement>(".panel")!.focus();
  }, []);

  function change(value: string): void {
    setText(value);
    preferences.draft = value;
    if (value.trim()) chat.typing();
  }

  function send(event?: Event): void {
    event?.preventDefault();
    if (!ready) return;
    wrote();
    chat.say({ text: text.trim(), files: uploads.files });
    uploads.clear();
    change("");
    box.current!.focus();
  }

  function keys(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  }

  function paste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!offers || !files.length) return;
    event.preventDefault();
    files.forEach(uploads.add);
  }

  const dragging = useDrops(box, offers ? uploads.add : null);

  return (
    <form class={dragging ? "composer dragging" : "composer"} aria-label={t("composer.label")} onSubmit={send}>
      <Uploads {...uploads} />
      <div class="box">
        {offers && (
          <>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              accept={offers.types?.join(",")}
              onChange={({ currentTarget }) => {
                [...(currentTarget.files ?? [])].forEach(uploads.add);
                currentTarget.value = "";
              }}
            />
            <button type="button" class="bare" aria-label={t("composer.attach")} onClick={() => picker.current!.click()}>
              <Icon name="attach" />
            </button>
          </>
        )}
        <textarea
          ref={box}
          rows={1}
          dir="auto"
          aria-label={t("composer.box")}
          aria-describedby="limit"
          placeholder={t("composer.placeholder")}
          enterkeyhint="send"
          value={text}
          onInput={({ currentTarget }) => change(currentTarget.value)}
          onKeyDown={keys}
          onPaste={paste}
        />
        <button type="submit" class="send" aria-label={t("composer.send")} disabled={!ready}>
          <Icon name="send" />
        </button>
      </div>
      <p id="limit" class={over ? "limit bad" : "limit"} role="status" hidden={length < WARN_AT}>
        {length >= WARN_AT &&
          t(over ? "composer.too_long" : "composer.left", { max: MAX_TEXT, left: MAX_TEXT - length, over: length - MAX_TEXT })}
      </p>
    </form>
  );
}
