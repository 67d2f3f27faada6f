/** The files that an agent has chosen and not sent yet, by conversation and kind of message. They end with the page. */
import { shallowReactive } from "vue";
import type { Kind } from "@/composer/writing";
import { newId } from "@/lib/ids";
import { type Attachment, type Upload, upload, UploadError } from "./api";

export const MOST = 10; // files of one message; the service refuses more

export interface Waiting {
  readonly key: string;
  readonly name: string;
  readonly size: number;
  /** An address of the picture in this page; null for what is no picture. */
  readonly preview: string | null;
  readonly progress: number;
  readonly stored: Attachment | null;
  readonly error: UploadError | null;
}

type Start = typeof upload;

export class WaitingFiles {
  readonly #lists = shallowReactive(new Map<string, readonly Waiting[]>());
  readonly #files = new Map<string, { file: File; conversation: string; running: Upload | null }>();

  constructor(private readonly start: Start = upload) {}

  of(conversation: string, kind: Kind): readonly Waiting[] {
    return this.#lists.get(place(conversation, kind)) ?? [];
  }

  /** Whether all of them can be sent. */
  ready(conversation: string, kind: Kind): boolean {
    return this.of(conversation, kind).every(({ stored }) => stored !== null);
  }

  add(conversation: string, kind: Kind, files: Iterable<File>): void {
    for (const file of files) {
      const list = this.of(conversation, kind);
      if (list.length >= MOST) return;
      const key = newId();
      const preview = file.type.startsWith("image/") && file.type !== "image/svg+xml" ? URL.createObjectURL(file) : null;
      this.#files.set(key, { file, conversation, running: null });
      const entry = { key, name: file.name, size: file.size, preview, progress: 0, stored: null, error: null };
      this.#lists.set(place(conversation, kind), [...list, entry]);
      void this.#upload(key);
    }
  }

  retry(key: string): void {
    void this.#upload(key);
  }

  remove(key: string): void {
    this.#files.get(key)?.running?.cancel();
    this.#forget(key);
  }

  /** What goes with a message: from now on it is the message's. */
  take(conversation: string, kind: Kind): Attachment[] {
    const list = this.of(conversation, kind);
    list.forEach(({ key }) => this.#forget(key));
    return list.flatMap(({ stored }) => (stored ? [stored] : []));
  }

  /** The agent leaves. */
  clear(): void {
    [...this.#files.keys()].forEach((key) => this.remove(key));
  }

  async #upload(key: string): Promise<void> {
    const known = this.#files.get(key);
    if (!known) return;
    this.#change(key, { progress: 0, error: null });
    known.running = this.start(known.conversation, known.file, key, (progress) => this.#change(key, { progress }));
    try {
      this.#change(key, { stored: await known.running.done, progress: 1 });
    } catch (error) {
      this.#change(key, { error: error instanceof UploadError ? error : new UploadError(0) });
    }
  }

  #change(key: string, news: Partial<Waiting>): void {
    for (const [at, list] of this.#lists) {
      if (!list.some((each) => each.key === key)) continue;
      this.#lists.set(at, list.map((each) => (each.key === key ? { ...each, ...news } : each)));
    }
  }

  #forget(key: string): void {
    this.#files.delete(key);
    for (const [at, list] of this.#lists) {
      const gone = list.find((each) => each.key === key);
      if (!gone) continue;
      if (gone.preview) URL.revokeObjectURL(gone.preview);
      this.#lists.set(at, list.filter((each) => each !== gone));
    }
  }
}

const place = (conversation: string, kind: Kind) => `${conversation} ${kind}`;
