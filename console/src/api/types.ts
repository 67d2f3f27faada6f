/** The API's things under their short names; `schema.d.ts` is made from the service's own description. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Agent = Schemas["AgentOut"];
export type Alert = Schemas["AlertOut"];
export type Chosen = Schemas["Chosen"];
export type Colleague = Schemas["ColleagueOut"];
export type Conversation = Schemas["ConversationView"];
export type Counts = Schemas["Counts"];
export type Ending = Schemas["Ending"];
export type Explanation = Schemas["ExplanationOut"];
export type Mark = NonNullable<Ending["mark"]>;
export type Message = Schemas["MessageView"];
/** What becomes of the open conversations of an agent who leaves. */
export type Parting = NonNullable<Schemas["PresenceIn"]["conversations"]>;
export type Presence = Agent["presence"];
export type Team = Schemas["TeamOut"];
export type Transfer = Schemas["Transfer"];

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}
