/** What passes between a customer's page and the web chat; the other side is `channels/webchat.py`. */

export type Author = "customer" | "bot" | "agent" | "system";

export interface Offer {
  title: string;
  payload?: string;
}

export interface Attachment {
  id: string;
  name: string;
  type: string;
  size: number;
  url: string;
  /** where it is listened to, if not at `url` */
  sound_url?: string;
  width?: number;
  height?: number;
}

/** One message of the conversation, numbered without a gap. */
export interface Message {
  number: number;
  id: string;
  author: Author;
  author_name?: string;
  client_id?: string;
  text: string;
  buttons?: Offer[];
  image?: string;
  attachments?: Attachment[];
  recalled?: boolean;
  /** whether the customer may say, or what they have said: did this answer help */
  feedback?: "ask" | "solved" | "unsolved";
  sent_at: string;
}

/** A later change of an earlier message; numbered as messages are. */
export interface Change {
  number: number;
  replaces: string;
  recalled?: boolean;
  feedback?: "solved" | "unsolved";
}

export type Item = Message | Change;

/** Who has the conversation, and what may be asked of the customer at the moment. */
export interface State {
  owner: "bot" | "queue" | "agent";
  position?: number | null;
  wait_seconds?: number | null;
  agent?: { name: string } | null;
  typing: boolean;
  read_up_to?: number | null;
  rating?: { id: string } | null;
  can_leave_message: boolean;
  blocked?: boolean;
}

export interface Features {
  upload?: { max_bytes: number; types?: string[] } | null;
}

export interface Session {
  token: string;
  visitor: string;
  last: number;
  site?: { name?: string | null };
  features?: Features;
}

export interface Page {
  messages: Item[];
  last: number;
  state?: State;
}

export interface Contact {
  email?: string;
  phone?: string;
  name?: string;
  text: string;
  client_id: string;
  /** in which an answer is mailed */
  language: string;
}

export interface Outgoing {
  client_id: string;
  /** what the customer sees, also of a button */
  text: string;
  /** what the pressed button stands for */
  payload?: string;
  attachments?: string[];
  feedback?: { message: string; solved: boolean };
}

export const isChange = (item: Item): item is Change => "replaces" in item && !!item.replaces;
