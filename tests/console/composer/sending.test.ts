// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, ApiError, type Message } from "@/api";
import { Sending } from "@/composer/sending";
import { message, settled } from "../things";

describe("sending", () => {
  let stored: string[];
  let said: { text: string; client_id: string }[];
  let answers: (() => Promise<Message>)[];
  const fails = (status: number) => () => Promise.reject(new ApiError(status));
  const make = () => new Sending("mei", (_, { text }) => void stored.push(text));

  beforeEach(() => {
    vi.useFakeTimers();
    sessionStorage.clear();
    [stored, said, answers] = [[], [], []];
    vi.spyOn(api, "say").mockImplementation((_, text, client_id) => {
      said.push({ text, client_id });
      return answers.shift()?.() ?? Promise.resolve(message("m", { text, client_id, author: "agent" }));
    });
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("shows a message at once and lets it go when the service has it", async () => {
    const sending = make();
    sending.say("c", "reply", "hello");
    expect(sending.of("c").map(({ text, state }) => [text, state])).toEqual([["hello", "sending"]]);
    await settled();
    expect(sending.of("c")).toEqual([]);
    expect(stored).toEqual(["hello"]);
  });

  it("leaves a note with colleagues, never with the customer, also at the second attempt", async () => {
    const noted = vi.spyOn(api, "note").mockRejectedValueOnce(new ApiError(0)).mockResolvedValueOnce(message("n"));
    const sending = make();
    sending.say("c", "note", "between us");
    await vi.advanceTimersByTimeAsync(1_500);
    const [first, second] = noted.mock.calls;
    expect(first).toEqual(["c", "between us", expect.any(String), []]);
    expect(second).toEqual(first);
    expect([said, stored, sending.of("c")]).toEqual([[], ["n"], []]);
  });

  it("repeats after a lost answer under the same client id, and keeps the order", async () => {
    const sending = make();
    answers = [fails(0)];
    sending.say("c", "reply", "one");
    sending.say("c", "reply", "two");
    await vi.advanceTimersByTimeAsync(1_500);
    expect(said.map(({ text }) => text)).toEqual(["one", "one", "two"]);
    expect(said[0]!.client_id).toBe(said[1]!.client_id);
    expect(stored).toEqual(["one", "two"]);
  });

  it("waits as long as the service asks for", async () => {
    const sending = make();
    answers = [() => Promise.reject(new ApiError(429, {}, "30"))];
    sending.say("c", "reply", "one");
    await vi.advanceTimersByTimeAsync(29_000);
    expect(said.length).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(stored).toEqual(["one"]);
  });

  it("marks what the service refuses, and holds back what comes after it", async () => {
    const sending = make();
    answers = [fails(409)];
    sending.say("c", "reply", "one");
    sending.say("c", "reply", "two");
    await settled();
    expect(sending.of("c").map(({ state }) => state)).toEqual(["refused", "failed"]);
    sending.discard(sending.of("c")[0]!);
    sending.retry(sending.of("c")[0]!);
    await settled();
    expect(stored).toEqual(["two"]);
  });

  it("goes on by itself when the line is back", async () => {
    const sending = make();
    answers = Array.from({ length: 5 }, () => fails(0));
    sending.say("c", "reply", "one");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sending.of("c").map(({ state }) => state)).toEqual(["failed"]);
    sending.resume();
    await settled();
    expect(stored).toEqual(["one"]);
  });

  it("survives a reload in the middle, and a log-in that ended", async () => {
    const before = make();
    answers = [() => new Promise(() => undefined)];
    before.say("c", "reply", "one");
    before.say("c", "reply", "two");
    before.stop();

    const after = make();
    expect(after.of("c").map(({ text, state }) => [text, state])).toEqual([["one", "failed"], ["two", "failed"]]);
    after.resume();
    await settled();
    expect(stored).toEqual(["one", "two"]);
  });

  it("writes nothing after it was stopped: what is stored belongs to the next log-in", async () => {
    const before = make();
    answers = [fails(401)];
    before.say("c", "reply", "one");
    before.stop();
    await settled();
    expect(make().of("c").map(({ text }) => text)).toEqual(["one"]);
  });

  it("keeps nothing for whoever logs in next", () => {
    const sending = make();
    answers = [() => new Promise(() => undefined)];
    sending.say("c", "reply", "one");
    sending.clear();
    expect(make().of("c")).toEqual([]);
  });
});
