/** Uploading a file. `fetch` tells nothing of how far it is, so this one call is made the older way. */
import { ApiError } from "@/api";
import type { components } from "@/api/schema";

export type Attachment = components["schemas"]["AttachmentView"];

/** A refusal may name the limit that was passed. */
export class UploadError extends ApiError {
  readonly limit: number | null;

  constructor(status: number, problem: { limit?: unknown; type?: unknown; title?: unknown; detail?: unknown } = {}) {
    super(status, problem);
    this.limit = typeof problem.limit === "number" ? problem.limit : null;
  }
}

export interface Upload {
  done: Promise<Attachment>;
  cancel(): void;
}

/** @param progress gets what share of the file has left, from 0 to 1 */
export function upload(conversation: string, file: File, clientId: string, progress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<Attachment>((resolve, reject) => {
    request.open("POST", `/api/v1/conversations/${encodeURIComponent(conversation)}/attachments`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Baton", "1");
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 201) resolve(answer as unknown as Attachment);
      else reject(new UploadError(request.status, answer));
    };
    request.onerror = request.onabort = () => reject(new UploadError(0));
    const form = new FormData();
    form.append("client_id", clientId);
    form.append("file", file, file.name);
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === "object" ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // a proxy's error page
  }
}
