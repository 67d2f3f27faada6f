import { useRef, useState } from "preact/hooks";
import { Refused } from "../protocol/client";
import type { Attachment } from "../protocol/types";
import { sizeOf } from "../text/sizes";
import { useUi } from "./context";
import { Icon } from "./icons";

interface Upload {
  key: number;
  file: File;
  attempt: AbortController;
  done: Attachment | null;
  problem: string | null;
}

/** Files are uploaded when they are chosen, so that what is sent afterwards is short and can wait for a line. */
export function useUploads() {
  const { chat, language, t } = useUi();
  const [list, setList] = useState<Upload[]>([]);
  const next = useRef(0);

  const change = (key: number, more: Partial<Upload>) =>
    setList((all) => all.map((each) => (each.key === key ? { ...each, ...more } : each)));

  function add(file: File): void {
    const attempt = new AbortController();
    const upload: Upload = { key: next.current++, file, attempt, done: null, problem: null };
    const limits = chat.visit.features.upload!;
    const name = file.name;
    const words = {
      too_large: () => t("upload.too_large", { name, max: sizeOf(limits.max_bytes, language) }),
      too_much_unsent: () => t("upload.too_much_unsent", { name }),
      type_refused: () => t("upload.type_refused", { name }),
    };
    if (file.size > limits.max_bytes) {
      setList((all) => [...all, { ...upload, problem: words.too_large() }]);
      return;
    }
    setList((all) => [...all, upload]);
    chat.upload(file, attempt.signal).then(
      (done) => change(upload.key, { done }),
      (error: unknown) => {
        const code = error instanceof Refused ? error.code : "";
        change(upload.key, { problem: code in words ? words[code as keyof typeof words]() : t("upload.failed", { name }) });
      },
    );
  }

  function remove(key: number): void {
    list.find((each) => each.key === key)?.attempt.abort();
    setList((all) => all.filter((each) => each.key !== key));
  }

  return {
    list,
    add,
    remove,
    clear: () => setList([]),
    files: list.flatMap(({ done }) => done ?? []),
    working: list.some(({ done, problem }) => !done && !problem),
  };
}

export function Uploads({ list, remove }: Pick<ReturnType<typeof useUploads>, "list" | "remove">) {
  const { t } = useUi();
  if (!list.length) return null;
  return (
    <ul class="uploads">
      {list.map(({ key, file, done, problem }) => (
        <li key={key} class={problem ? "bad" : done ? "done" : "working"}>
          <Icon name="file" />
          <span role={problem ? "alert" : "status"}>{problem ?? (done ? file.name : t("upload.working", { name: file.name }))}</span>
          <button type="button" class="bare" aria-label={t("upload.remove", { name: file.name })} onClick={() => remove(key)}>
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
