// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Attachment, UploadError } from "@/attachments/api";
import { MOST, WaitingFiles } from "@/attachments/waiting";
import { settled } from "../things";

const stored = (id: string): Attachment => ({ id, name: `${id}.txt`, type: "text/plain", size: 1, url: `/${id}` });
const file = (name: string, type = "text/plain") => new File(["x"], name, { type });

describe("files that wait to be sent", () => {
  let running: { id: string; resolve: (a: Attachment) => void; reject: (e: unknown) => void; progress: (n: number) => void }[];
  let cancelled: string[];
  let files: WaitingFiles;

  beforeEach(() => {
    [running, cancelled] = [[], []];
    URL.createObjectURL = vi.fn(() => "blob:x");
    URL.revokeObjectURL = vi.fn();
    files = new WaitingFiles((_, { name }, id, progress) => ({
      done: new Promise((resolve, reject) => running.push({ id, resolve, reject, progress })),
      cancel: () => void cancelled.push(name),
    }));
  });

  it("tells how far the upload is, and sends only what has arrived", async () => {
    files.add("c", "reply", [file("a.txt")]);
    running[0]!.progress(0.5);
    expect(files.of("c", "reply")[0]!.progress).toBe(0.5);
    expect(files.ready("c", "reply")).toBe(false);
    running[0]!.resolve(stored("a"));
    await settled();
    expect(files.ready("c", "reply")).toBe(true);
    expect(files.take("c", "reply")).toEqual([stored("a")]);
    expect(files.of("c", "reply")).toEqual([]);
  });

  it("keeps each conversation's and each kind's files apart", () => {
    files.add("c", "reply", [file("a.txt")]);
    expect([files.of("c", "note"), files.of("d", "reply")]).toEqual([[], []]);
    expect(files.ready("d", "reply")).toBe(true);
  });

  it("tries a failed upload again under the same id, and cancels what is removed", async () => {
    files.add("c", "reply", [file("a.txt")]);
    running[0]!.reject(new UploadError(0));
    await settled();
    const [failed] = files.of("c", "reply");
    expect([failed!.error?.passing, files.ready("c", "reply")]).toEqual([true, false]);
    files.retry(failed!.key);
    expect([files.of("c", "reply")[0]!.error, running[1]!.id]).toEqual([null, running[0]!.id]);
    files.remove(failed!.key);
    expect([cancelled, files.of("c", "reply")]).toEqual([["a.txt"], []]);
  });

  it("previews pictures alone, and lets the preview go with the file", () => {
    files.add("c", "reply", [file("a.png", "image/png"), file("a.svg", "image/svg+xml"), file("a.txt")]);
    expect(files.of("c", "reply").map(({ preview }) => preview)).toEqual(["blob:x", null, null]);
    files.clear();
    expect(URL.revokeObjectURL).toHaveBeenCalledOnce();
    expect(files.of("c", "reply")).toEqual([]);
  });

  it("takes no more than a message may have", () => {
    files.add("c", "reply", Array.from({ length: MOST + 3 }, (_, n) => file(`${n}.txt`)));
    expect(files.of("c", "reply")).toHaveLength(MOST);
  });
});
