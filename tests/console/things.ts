/** Conversations, messages and people for tests; each names only what it is about. */
import type { Agent, Conversation, Message } from "@/api";

export const mei: Agent = {
  id: "mei",
  name: "Mei",
  email: "mei@example.com",
  role: "agent",
  skills: ["zh"],
  capacity: 5,
  presence: "online",
  presence_since: null,
  idled_at: null,
  team_id: null,
  active: true,
  invited: false,
};

export function conversation(id: string, given: Partial<Conversation> = {}): Conversation {
  return {
    id,
    sender_id: `webchat:default:${id}`,
    channel: "webchat",
    kind: "live",
    due_at: null,
    owner: "bot",
    control: "confirmed",
    status: "open",
    snoozed_until: null,
    epoch: 1,
    outside: false,
    previous_id: null,
    assignee: null,
    team: null,
    answer_due_at: null,
    topic: null,
    priority: "normal",
    skills: { required: [], preferred: [] },
    position: null,
    estimated_wait_seconds: null,
    handoff: null,
    customer: null,
    contact: null,
    reach: { connected: null, mail: false, window: null },
    language: "zh",
    unread: 0,
    blocked: false,
    rating: null,
    created_at: "2026-03-02T09:00:00Z",
    updated_at: "2026-03-02T09:00:00Z",
    ...given,
  };
}

export function message(id: string, given: Partial<Message> = {}): Message {
  return {
    id,
    seq: 1,
    author: "customer",
    author_id: null,
    author_name: null,
    private: false,
    text: id,
    attachments: [],
    sent_at: "2026-03-02T09:00:00Z",
    delivery: null,
    failure: null,
    mail: null,
    client_id: null,
    recall: null,
    original: null,
    reaction: null,
    ...given,
  };
}

/** A moment of the test's own day. */
export const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2, 9, 0, seconds)).toISOString();

/** Let everything that waits for nothing but its turn go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** The same numbers in the same order for the same seed, from 0 up to 1. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
