/** The events of `GET /stream`, each once. */
import type { Agent, Alert, Conversation, Message, Team } from "@/api";
import type { CannedAnswer } from "@/canned/api";

export type StreamEvent =
  | { type: "conversation.updated"; data: { conversation: Conversation } }
  | { type: "conversation.left"; data: { id: string } }
  | { type: "message.added" | "message.updated"; data: { conversation_id: string; message: Message } }
  | { type: "conversation.customer_typing"; data: { conversation_id: string } }
  | { type: "team.updated"; data: { team: Team } }
  | { type: "team.removed"; data: { id: string } }
  | { type: "agent.updated"; data: { agent: Agent } }
  | { type: "alert.added" | "alert.updated"; data: { alert: Alert } }
  | { type: "canned.updated"; data: { answer: CannedAnswer } }
  | { type: "closing.updated"; data: object }
  | { type: "canned.removed"; data: { id: string } };
