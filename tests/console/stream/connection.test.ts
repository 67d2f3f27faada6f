// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, ApiError, type Conversation } from "@/api";
import { Store } from "@/stores/store";
import { Connection } from "@/stream/connection";
import { conversation, mei, settled } from "../things";
import { lines } from "./line";

describe("the line to the service", () => {
  let line: ReturnType<typeof lines>;
  let store: Store;
  let connection: Connection;
  let queue: Conversation[];
  const told: string[] = [];

  beforeEach(async () => {
    vi.useFakeTimers();
    told.length = 0;
    queue = [conversation("a", { owner: "queue", position: 1 }), conversation("b", { owner: "queue", position: 2 })];
    vi.spyOn(api, "me").mockImplementation(async () => mei);
    vi.spyOn(api, "messagesLeft").mockImplementation(async () => []);
    vi.spyOn(api, "teams").mockImplementation(async () => []);
    vi.spyOn(api, "held").mockImplementation(async () => []);
    vi.spyOn(api, "queue").mockImplementation(async () => queue);
    vi.spyOn(api, "withBot").mockImplementation(async () => ({ items: [conversation("c")], next_cursor: "more" }));
    line = lines();
    store = new Store();
    connection = new Connection(store, {
      ready: () => void told.push("ready"),
      refused: () => void told.push("refused"),
      event: () => undefined,
    });
    await settled();
  });

  afterEach(() => {
    connection.stop();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const begins = () => line.all.at(-1)!.says("id: 1\n\n");
  const event = (number: number, type: string, data: unknown) =>
    line.all.at(-1)!.says(`id: ${number}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);

  it("is live when the lists are there, not before", async () => {
    expect(connection.state.value).toBe("connecting");
    await begins();
    expect(connection.state.value).toBe("live");
    expect([...store.conversations.keys()]).toEqual(["a", "b", "c"]);
    expect(connection.moreWithBot.value).toBe("more");
    expect(told).toEqual(["ready"]);
  });

  it("tries a snapshot that failed again, and says so when the log-in has ended", async () => {
    vi.mocked(api.queue).mockRejectedValueOnce(new ApiError(503)).mockRejectedValueOnce(new ApiError(401));
    await begins();
    expect([connection.state.value, ...told]).toEqual(["connecting"]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(told).toEqual(["refused"]);
  });

  it("takes a new snapshot after a gap and after a lost line", async () => {
    await begins();
    queue = [];
    await event(9, "reset", {});
    expect([...store.conversations.keys()]).toEqual(["c"]);
    await line.all[0]!.ends();
    expect(connection.state.value).toBe("down");
    queue = [conversation("d", { owner: "queue" })];
    await vi.advanceTimersByTimeAsync(2_000);
    await begins();
    expect([...store.conversations.keys()].sort()).toEqual(["c", "d"]);
    expect(told).toEqual(["ready", "ready", "ready"]);
  });

  it("asks for the places in the queue anew when somebody comes or goes, once for all changes", async () => {
    await begins();
    vi.mocked(api.queue).mockClear();
    queue = [conversation("b", { owner: "queue", position: 1 })];
    await event(2, "conversation.updated", { conversation: conversation("a", { owner: "agent", epoch: 2 }) });
    await event(3, "conversation.updated", { conversation: conversation("a", { owner: "bot", epoch: 3 }) });
    await event(4, "conversation.updated", { conversation: conversation("c", { unread: 1 }) });
    expect(store.conversations.get("b")?.position).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.conversations.get("b")?.position).toBe(1);
    expect(api.queue).toHaveBeenCalledTimes(1);
  });

  it("leaves the queue alone while nobody comes or goes", async () => {
    await begins();
    vi.mocked(api.queue).mockClear();
    await event(2, "conversation.updated", { conversation: conversation("a", { owner: "queue", unread: 3 }) });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(api.queue).not.toHaveBeenCalled();
  });
});
