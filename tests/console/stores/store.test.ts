import { describe, expect, it } from "vitest";
import type { Conversation } from "@/api";
import { sections } from "@/stores/sections";
import { Store, type Known } from "@/stores/store";
import type { StreamEvent } from "@/stream/events";
import { at, conversation, mei, message, random } from "../things";

/** A service in miniature: what it shows to an agent, and the events that lead there. */
class Service {
  readonly shown = new Map<string, Conversation>();
  readonly events: StreamEvent[] = [];
  #second = 0;

  constructor(private readonly next: () => number) {}

  /** One change: a conversation opens, changes hands, gets a message, goes to a colleague, or is resolved. */
  change(): void {
    const id = `c${Math.floor(this.next() * 12)}`;
    const known = this.shown.get(id);
    this.#second += 1;
    const updated_at = at(this.#second);
    if (known && this.next() < 0.15) {
      this.shown.delete(id);
      this.events.push({ type: "conversation.left", data: { id } });
      return;
    }
    const owner = (["bot", "queue", "agent"] as const)[Math.floor(this.next() * 3)]!;
    const status = this.next() < 0.15 ? "resolved" : "open";
    const epoch = (known?.epoch ?? 0) + (known?.owner === owner ? 0 : 1);
    const assignee = owner === "agent" ? { id: "mei", name: "Mei" } : null;
    const now = conversation(id, { owner, status, epoch, assignee, updated_at, unread: this.#second });
    this.shown.set(id, now);
    this.events.push({ type: "conversation.updated", data: { conversation: now } });
  }

  snapshot(): Conversation[] {
    return [...this.shown.values()].filter(({ status }) => status !== "resolved");
  }
}

const everything = () => true;
const live = (store: Store) =>
  [...store.conversations.values()].filter(({ status }) => status !== "resolved").sort((a, b) => (a.id < b.id ? -1 : 1));

describe("a snapshot with the events after it", () => {
  it.each([0, 1, 2, 3, 4])("equals a fresh snapshot, however they come together (%i)", async (set) => {
    for (let seed = 0; seed < 100; seed += 1) await comeTogether(set * 100 + seed);
  });

  async function comeTogether(seed: number): Promise<void> {
    const next = random(seed);
    const service = new Service(next);
    for (let count = 0; count < 20; count += 1) service.change();

    const store = new Store();
    let told = service.events.length; // the stream is open: from here on each event is told
    let answer: (got: Conversation[]) => void = () => undefined;
    const loading = store.loadConversations(() => new Promise((resolve) => (answer = resolve)), everything);
    let taken: Conversation[] | null = null;
    for (let step = 0; step < 30; step += 1) {
      const dice = next();
      if (dice < 0.5) service.change();
      else if (dice < 0.9 && told < service.events.length) store.apply(service.events[told++]!);
      else taken ??= service.snapshot();
    }
    answer(taken ?? service.snapshot());
    await loading;
    while (told < service.events.length) store.apply(service.events[told++]!);

    const fresh = new Store();
    await fresh.loadConversations(async () => service.snapshot(), everything);
    expect(live(store), `seed ${seed}`).toEqual(live(fresh));
  }

  it("is the same for messages, which come in the order they were said", async () => {
    const store = new Store();
    store.select("c");
    let answer: (got: ReturnType<typeof message>[]) => void = () => undefined;
    const loading = store.loadMessages("c", () => new Promise((resolve) => (answer = resolve)));
    store.apply({
      type: "message.updated",
      data: { conversation_id: "c", message: message("b", { delivery: "sent", sent_at: at(2), seq: 2 }) },
    });
    answer([
      message("c", { sent_at: at(3), seq: 9 }),
      message("b", { delivery: "pending", sent_at: at(2), seq: 2 }),
      message("a2", { sent_at: "2026-03-02T09:00:01.000002Z", seq: 5 }),
      message("a1", { sent_at: "2026-03-02T09:00:01.000001Z", seq: 7 }),
    ]);
    await loading;
    const shown = store.messages("c");
    expect(shown.map(({ id }) => id)).toEqual(["a1", "a2", "b", "c"]);
    expect(shown[2]?.delivery).toBe("sent");
  });
});

describe("the store", () => {
  it("does not let an older state of a conversation replace a newer one", () => {
    const store = new Store();
    store.putConversation(conversation("c", { epoch: 3, updated_at: at(5) }));
    store.putConversation(conversation("c", { epoch: 2, updated_at: at(9) }));
    store.putConversation(conversation("c", { epoch: 3, updated_at: at(4) }));
    expect(store.conversations.get("c")?.updated_at).toBe(at(5));
  });

  it("keeps what is on the screen when it goes to somebody else, marked, and lets it go afterwards", () => {
    const store = new Store();
    store.putConversation(conversation("c"));
    store.select("c");
    store.apply({ type: "conversation.left", data: { id: "c" } });
    expect(store.conversations.get("c")?.left).toBe(true);
    store.select(null);
    expect(store.conversations.has("c")).toBe(false);
  });

  it("takes what a list of one owner lacks for gone, and leaves the others alone", async () => {
    const store = new Store();
    store.putConversation(conversation("gone", { owner: "queue" }));
    store.putConversation(conversation("bot"));
    store.putConversation(conversation("closed", { owner: "queue", status: "resolved" }));
    await store.loadConversations(async () => [conversation("new", { owner: "queue" })], (known) => known.owner === "queue");
    expect([...store.conversations.keys()].sort()).toEqual(["bot", "closed", "new"]);
  });

  it("keeps teams as they were told of last, and knows which of them I lead", async () => {
    const store = new Store();
    store.me.value = mei;
    const team = (id: string, lead: string | null) => ({ id, name: id, skills: [], lead: lead ? { id: lead, name: lead } : null, members: [] });
    let answer: (teams: ReturnType<typeof team>[]) => void = () => undefined;
    const loading = store.loadTeams(() => new Promise((resolve) => (answer = resolve)));
    store.apply({ type: "team.updated", data: { team: team("a", "mei") } });
    store.apply({ type: "team.removed", data: { id: "b" } });
    answer([team("a", null), team("b", null), team("c", "sam")]);
    await loading;
    expect([[...store.teams.keys()].sort(), store.leads]).toEqual([["a", "c"], "a"]);
    store.apply({ type: "team.updated", data: { team: team("a", null) } });
    expect(store.leads).toBeNull();
  });

  it("keeps open alerts only", () => {
    const store = new Store();
    const alert = {
      ...{ id: "a", conversation_id: "c", turn_id: "t", rule: "r", rules_version: 1, text: {}, at: at(1) },
      ...{ acknowledged_by: null, acknowledged_at: null },
    };
    store.apply({ type: "alert.added", data: { alert } });
    expect(store.alerts.size).toBe(1);
    store.apply({ type: "alert.updated", data: { alert: { ...alert, acknowledged_at: at(2), acknowledged_by: "vera" } } });
    expect(store.alerts.size).toBe(0);
  });
});

describe("the sections", () => {
  const handoff = (seconds: number) =>
    ({ handoff: { id: "h", rule: null, reasons: [], relaxed: [], requested_at: at(seconds), mark: null } });
  const ids = (list: Known[]) => list.map(({ id }) => id);

  it("are told apart by owner, holder and status", () => {
    const all = [
      conversation("bot"),
      conversation("left", { kind: "message" }),
      conversation("waits", { owner: "queue" }),
      conversation("elsewhere", { owner: "queue", outside: true }),
      conversation("mine", { owner: "agent", assignee: { id: "mei", name: "Mei" } }),
      conversation("sams", { owner: "agent", assignee: { id: "sam", name: "Sam" } }),
      conversation("silent", { owner: "agent", status: "snoozed", assignee: { id: "mei", name: "Mei" } }),
      conversation("over", { status: "resolved" }),
    ];
    expect(Object.fromEntries(Object.entries(sections(all, mei)).map(([name, list]) => [name, ids(list)]))).toEqual({
      mine: ["mine"],
      queue: ["waits"],
      messages: ["left"],
      team: [],
      colleagues: ["sams"],
      outside: ["elsewhere"],
      snoozed: ["silent"],
      bot: ["bot"],
      resolved: ["over"],
    });
  });

  it("tell those of my own team from other colleagues'", () => {
    const held = (id: string, team: string | null) =>
      conversation(id, { owner: "agent", assignee: { id: "sam", name: "Sam" }, team: team ? { id: team, name: team } : null });
    const { team, colleagues } = sections([held("ours", "t"), held("theirs", "u"), held("nobodys", null)], { ...mei, team_id: "t" });
    expect([ids(team), ids(colleagues)]).toEqual([["ours"], ["theirs", "nobodys"]]);
    expect(ids(sections([held("nobodys", null)], mei).colleagues)).toEqual(["nobodys"]);
  });

  it("show nothing that went to somebody else, though it is still on the screen", () => {
    const gone = { ...conversation("gone", { owner: "agent", assignee: { id: "mei", name: "Mei" } }), left: true };
    expect(Object.values(sections([gone], mei)).flat()).toEqual([]);
  });

  it("have the queue by place, then by how long ago a person was asked for, and the bot's newest first", () => {
    const all = [
      conversation("new", { owner: "queue", ...handoff(9) }),
      conversation("old", { owner: "queue", ...handoff(1) }),
      conversation("tenth", { owner: "queue", position: 10 }),
      conversation("second", { owner: "queue", position: 2 }),
      conversation("bot1", { updated_at: at(1) }),
      conversation("bot2", { updated_at: at(2) }),
    ];
    expect(ids(sections(all, mei).queue)).toEqual(["second", "tenth", "old", "new"]);
    expect(ids(sections(all, mei).bot)).toEqual(["bot2", "bot1"]);
  });
});
