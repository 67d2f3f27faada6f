// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Receiver, type Receiving } from "@widget/line/receiver";
import { Sender } from "@widget/line/sender";
import { Client, Refused } from "@widget/protocol/client";
import type { Message, State } from "@widget/protocol/types";
import { Visit, type Connection } from "@widget/visit/visit";
import { json, refusal, Server } from "./server";

let server: Server;
let visit: Visit;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  server = new Server();
  visit = new Visit("place");
});
afterEach(() => vi.useRealTimers());

const pass = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);
const texts = () => visit.messages.map(({ text }) => text);

describe("receiving", () => {
  let connections: Connection[];
  let states: State[];
  let refused: string[];
  let receiver: Receiver;

  beforeEach(() => {
    connections = [];
    states = [];
    refused = [];
    const on: Receiving = {
      open: async () => {
        server.client.token = (await server.client.session({ site: "default" })).token;
      },
      last: () => visit.timeline.last,
      items: (items) => void visit.received(items),
      state: (state) => states.push(state),
      connection: (connection) => connections.push(connection),
      refused: (error) => refused.push(error.code),
    };
    receiver = new Receiver(server.client, on);
  });
  afterEach(() => receiver.stop());

  it("brings what was said before, then what is said, each once", async () => {
    server.says("one");
    receiver.start();
    await pass();
    server.says("two");
    await pass();
    expect(texts()).toEqual(["one", "two"]);
    expect(connections).toEqual(["connecting", "open"]);
    expect(server.calls.at(-1)).toMatchObject({ path: "/events?after=1", token: "Bearer t1" });
  });

  it("fetches a long history piece by piece", async () => {
    for (let count = 0; count < 5; count++) server.says(`${count}`);
    const piece = (from: number) => json({ messages: server.messages.slice(from, from + 2), last: 5 });
    server.next["/messages"] = [piece(0), piece(2), piece(4)];
    receiver.start();
    await pass();
    expect(server.called("GET", "/messages").map(({ path }) => path)).toEqual([0, 2, 4].map((after) => `/messages?after=${after}&wait=0`));
    expect(texts()).toEqual(["0", "1", "2", "3", "4"]);
  });

  it("connects again by itself and resumes by number", async () => {
    receiver.start();
    await pass();
    server.says("one");
    await pass();
    server.streams = "kept";
    server.hangUp();
    await pass();
    server.says("two");
    expect(connections.at(-1)).toBe("down");
    server.streams = "live";
    await pass(2000);
    expect(texts()).toEqual(["one", "two"]);
    expect(connections.at(-1)).toBe("open");
  });

  it("does not call a stream that has lasted long a broken line", async () => {
    receiver.start();
    await pass(10_000);
    server.send(": still here\n\n");
    await pass(10_000);
    server.hangUp();
    await pass(100);
    expect(connections).toEqual(["connecting", "open", "open"]);
    expect(server.listeners).toBe(1);
  });

  it("notices a line that has gone dead without a word", async () => {
    receiver.start();
    await pass();
    await pass(45_000);
    expect(connections).toContain("down");
    await pass(2000);
    expect(server.called("GET", "/events")).toHaveLength(2);
  });

  it("waits longer each time, never for ever, and never at the same moment as everybody", async () => {
    server.next["/session"] = Array<"cut">(50).fill("cut");
    receiver.start();
    const moments: number[] = [];
    for (let second = 0; second < 90; second++) {
      await pass(1000);
      moments.push(server.called("POST", "/session").length);
    }
    expect(moments.at(-1)!).toBeGreaterThan(8);
    expect(moments.at(-1)!).toBeLessThan(16);
    expect(connections.filter((each) => each === "open")).toEqual([]);
  });

  it("comes at once when the network is back", async () => {
    server.next["/session"] = Array<"cut">(6).fill("cut");
    receiver.start();
    await pass(30_000);
    server.next["/session"] = [];
    receiver.hurry();
    await pass();
    expect(connections.at(-1)).toBe("open");
  });

  it("looks after its line when somebody comes back to an old page", async () => {
    receiver.start();
    await pass(25_000); // longer than a sign of life may take
    receiver.hurry();
    await pass(1000);
    expect(server.called("GET", "/events")).toHaveLength(2);
    expect(connections.at(-1)).toBe("open");
  });

  it.each(["kept", "none"] as const)("polls where streams are %s by a proxy", async (streams) => {
    server.streams = streams;
    receiver.start();
    await pass(8000);
    server.says("one");
    await pass(2000);
    server.says("two");
    await pass(2000);
    expect(texts()).toEqual(["one", "two"]);
    expect(server.calls.at(-1)!.path).toBe("/messages?after=2&wait=25");
    expect(server.called("GET", "/events")).toHaveLength(1);
    expect(connections).toEqual(["connecting", "open", "open"]);
  });

  it("leaves a poll alone when somebody comes back to look", async () => {
    server.streams = "none";
    server.next["/messages"] = [json({ messages: [], last: 0 })];
    receiver.start();
    await pass();
    vi.spyOn(server.client, "messages").mockImplementation((_, __, signal) => {
      return new Promise((___, reject) => signal!.addEventListener("abort", () => reject(new Refused("lost"))));
    });
    await pass(24_000);
    receiver.hurry();
    await pass();
    expect(connections).not.toContain("down");
  });

  it("stops when the session is not accepted", async () => {
    server.next["/session"] = [refusal(401, "invalid_token")];
    receiver.start();
    await pass(60_000);
    expect(refused).toEqual(["invalid_token"]);
    expect(server.calls).toHaveLength(1);
  });

  it("waits as long as the server asks", async () => {
    server.next["/session"] = [refusal(503, "unavailable", { "retry-after": "8" })];
    receiver.start();
    await pass(5900);
    expect(server.calls).toHaveLength(1);
    await pass(4200);
    expect(connections.at(-1)).toBe("open");
  });

  it("is told the state, and nothing after it was stopped", async () => {
    receiver.start();
    await pass();
    server.send('event: state\ndata: {"owner":"queue","position":2,"typing":false,"can_leave_message":true}\n\n');
    await pass();
    expect(states).toMatchObject([{ owner: "queue", position: 2 }]);
    receiver.stop();
    await pass();
    server.says("late");
    await pass(60_000);
    expect([texts(), server.listeners]).toEqual([[], 0]);
  });
});

describe("sending", () => {
  let line = true;
  let refused: number;
  let sender: Sender;
  const sent = () => server.messages.map((item) => (item as Message).text);
  const say = (text: string) => {
    visit.wrote({ text });
    void sender.work();
  };

  beforeEach(() => {
    line = true;
    refused = 0;
    sender = new Sender(server.client, visit, () => line, () => refused++);
  });
  afterEach(() => sender.stop());

  it("goes one after the other, in the order of writing", async () => {
    ["one", "two", "three"].forEach(say);
    await pass();
    expect(sent()).toEqual(["one", "two", "three"]);
    expect(visit.unsent.all.map(({ state }) => state)).toEqual(["sent", "sent", "sent"]);
  });

  it("repeats what got no answer under the same id, so that it is said once", async () => {
    const really = server.client.message;
    let lost = 0;
    vi.spyOn(server.client, "message").mockImplementation(async (message) => {
      const answer = await really(message);
      if (lost++ < 2) throw new Refused("lost"); // the server has it, the answer never came
      return answer;
    });
    say("once");
    await pass(10_000);
    expect(lost).toBe(3);
    expect(sent()).toEqual(["once"]);
    expect(visit.unsent.all.map(({ state }) => state)).toEqual(["sent"]);
  });

  it("waits for a line", async () => {
    line = false;
    say("later");
    await pass(60_000);
    expect([server.calls.length, visit.unsent.waiting.length]).toEqual([0, 1]);
    line = true;
    await sender.work();
    expect(sent()).toEqual(["later"]);
  });

  it("waits as long as it is asked to, then goes on", async () => {
    server.next["/messages"] = [refusal(429, "slow_down", { "retry-after": "3" })];
    ["one", "two"].forEach(say);
    await pass(2900);
    expect(sent()).toEqual([]);
    await pass(1500);
    expect(sent()).toEqual(["one", "two"]);
  });

  it("shows as failed what the server refuses, and goes on with the rest", async () => {
    server.next["/messages"] = [refusal(413, "too_long")];
    ["long", "short"].forEach(say);
    await pass();
    expect(visit.unsent.all.map(({ state, code }) => [state, code])).toEqual([["failed", "too_long"], ["sent", undefined]]);
    expect(new Visit("place").unsent.all.map(({ text }) => text)).toEqual(["long"]);
  });

  it("gives up after some tries, with all that waits, and sends it when asked to", async () => {
    server.next["/messages"] = Array.from({ length: 5 }, () => refusal(503, "unavailable"));
    ["one", "two"].forEach(say);
    await pass(60_000);
    expect(visit.unsent.all.map(({ state }) => state)).toEqual(["failed", "failed"]);
    visit.unsent.all.forEach((entry) => visit.mark(entry, "waiting"));
    await sender.work();
    expect(sent()).toEqual(["one", "two"]);
  });

  it("tells that the session has ended", async () => {
    server.next["/messages"] = [refusal(401, "invalid_token")];
    say("one");
    await pass();
    expect([refused, visit.unsent.waiting.length]).toEqual([1, 1]);
  });

  it("carries a button's payload, files and whether it helped", async () => {
    visit.wrote({ text: "Refund", payload: "/refund", files: [{ id: "u1", name: "a", type: "b", size: 1, url: "/c" }], feedback: { message: "m1", solved: false } });
    await sender.work();
    const { client_id, ...body } = server.calls[0]!.body!;
    expect(client_id).toMatch(/^[0-9a-f]{32}$/);
    expect(body).toEqual({ text: "Refund", payload: "/refund", attachments: ["u1"], feedback: { message: "m1", solved: false } });
  });
});

describe("a call", () => {
  it("tells what refused it, also when a proxy answers", async () => {
    server.next["/read"] = [new Response("<html>Bad gateway", { status: 502 }), "cut"];
    await expect(server.client.read(1)).rejects.toMatchObject({ code: "unavailable", status: 502, passing: true });
    await expect(server.client.read(1)).rejects.toMatchObject({ code: "lost", status: 0, passing: true });
    server.next["/message"] = [refusal(400, "invalid_contact")];
    const contact = { email: "x", text: "y", client_id: "z", language: "en" };
    await expect(server.client.leaveMessage(contact)).rejects.toMatchObject({ code: "invalid_contact", passing: false });
  });

  it("ends when nobody answers", async () => {
    const client = new Client(
      "https://bot.example",
      (_, given) => new Promise((__, reject) => given!.signal!.addEventListener("abort", () => reject(new Error("aborted")))),
    );
    const outcome = client.read(1).catch((error: Refused) => error.code);
    await pass(15_000);
    expect(await outcome).toBe("lost");
  });

  it("sends no cookies and no address of the page", async () => {
    const given: RequestInit[] = [];
    const client = new Client(
      "https://bot.example/",
      async (_, init) => (given.push(init!), json({ token: "t", visitor: "v", last: 0 })),
    );
    client.token = "secret";
    await client.session({ site: "default" });
    expect(given[0]).toMatchObject({ credentials: "omit", referrerPolicy: "no-referrer", headers: { Authorization: "Bearer secret" } });
    expect(client.address("/files/1?t=2")).toBe("https://bot.example/files/1?t=2");
  });
});
