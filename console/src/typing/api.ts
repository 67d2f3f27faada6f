/** The call by which others learn that this agent is writing. */
import { call } from "@/api";

export const typingApi = {
  tell: (id: string) => call<void>("POST", `/conversations/${encodeURIComponent(id)}/typing`),
};
