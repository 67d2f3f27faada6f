/** What the console asks of the service about approved templates. */
import { call } from "@/api";
import type { components } from "@/api/schema";

export type Template = components["schemas"]["TemplateOut"];

export const templatesOf = (conversation: string) =>
  call<components["schemas"]["TemplatesOut"]>("GET", `/conversations/${encodeURIComponent(conversation)}/templates`);
