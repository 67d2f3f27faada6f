// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Parser, type Frame } from "@/stream/parser";
import { Stream } from "@/stream/stream";
import { settled } from "../things";
import { lines } from "./line";

describe("the parser", () => {
  const text = 'retry: 1000\nid: 4\nevent: conversation.left\ndata: {"id":\ndata: "c"}\n\n: still here\r\nid: 7\r\n\r\n';

  it("reads the same events wherever they are cut", () => {
    for (let cut = 0; cut < text.length; cut += 1) {
      const frames: Frame[] = [];
      const parser = new Parser((frame) => frames.push(frame));
      parser.push(text.slice(0, cut));
      parser.push(text.slice(cut));
      expect(frames, `cut at ${cut}`).toEqual([
        { id: "4", type: "conversation.left", data: '{"id":\n"c"}' },
        { id: "7", type: "message", data: "" },
      ]);
    }
  });
});

describe("the stream", () => {
  let line: ReturnType<typeof lines>;
  const told: string[] = [];
  const listener = {
    open: () => void told.push("open"),
    event: (event: { type: string }) => void told.push(event.type),
    down: () => void told.push("down"),
    refused: () => void told.push("refused"),
  };
  let stream: Stream;

  beforeEach(async () => {
    vi.useFakeTimers();
    told.length = 0;
    line = lines();
    stream = new Stream("/stream", listener);
    await settled();
  });

  afterEach(() => {
    stream.stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const says = (text: string) => line.all.at(-1)!.says(text);

  it("is open with its first line, and tells each number once", async () => {
    expect(told).toEqual([]);
    await says("id: 3\n\n");
    await says("id: 4\nevent: conversation.left\ndata: {}\n\nid: 4\nevent: conversation.left\ndata: {}\n\n");
    expect(told).toEqual(["open", "conversation.left"]);
  });

  it("comes back by itself and asks for what it missed", async () => {
    await says("id: 9\n\n");
    await line.all[0]!.ends();
    expect(told).toEqual(["open", "down"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(line.all[1]!.headers["Last-Event-ID"]).toBe("9");
  });

  it("takes a reset for a new beginning, also when its number is smaller", async () => {
    await says("id: 90\n\n");
    await says("id: 5\nevent: reset\ndata: {}\n\n");
    await says("id: 6\nevent: conversation.left\ndata: {}\n\n");
    expect(told).toEqual(["open", "open", "conversation.left"]);
  });

  it("gives up a line on which nothing was heard for 45 seconds", async () => {
    await says("id: 1\n\n");
    await vi.advanceTimersByTimeAsync(44_000);
    expect(told).toEqual(["open"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told).toEqual(["open", "down"]);
  });

  it("ends when the log-in has ended", async () => {
    line.status = 401;
    await line.all[0]!.ends();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told).toEqual(["down", "down", "refused"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.all.length).toBe(2);
  });
});
