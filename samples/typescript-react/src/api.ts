// What the component needs of the export API; the page's own server adds the API key.

export interface ExportRequest {
  business_id: string;
  export_type: string;
  format: string;
  columns?: string[];
  filters?: Record<string, unknown>;
  max_rows?: number;
}

export interface ExportResult {
  export_id: string;
  sha256: string;
  row_count: number;
  completeness: "complete" | "limited";
}

export interface Job {
  job_id: string;
  status: "pending" | "processing" | "completed" | "failed" | "cancelled";
  progress: number;
  step_description: string;
  result: ExportResult | null;
  error: { code: string; message: string } | null;
}

export interface Saved {
  url: string;
  name: string;
}

/** What the service refused; `code` is one of the documented ones. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const TRIES = 6;
const AGAIN = [429, 502, 503, 504];

/** @param key makes one job, however often the request is sent */
export async function createJob(request: ExportRequest, key: string, signal: AbortSignal): Promise<Job> {
  const answer = await call("/v1/export/jobs", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(request),
    signal,
  });
  return answer.json();
}

export async function readJob(jobId: string, signal: AbortSignal): Promise<Job> {
  return (await call(`/v1/export/jobs/${jobId}`, { signal })).json();
}

/** The job as it stands; one that has just ended stays as it ended. */
export async function cancelJob(jobId: string, signal: AbortSignal): Promise<Job> {
  try {
    return await (await call(`/v1/export/jobs/${jobId}/cancel`, { method: "POST", signal })).json();
  } catch (failure) {
    if (failure instanceof Refused && failure.code === "CONFLICT") return readJob(jobId, signal);
    throw failure;
  }
}

/** The verified file as an address for a link; whoever is done with it revokes it. */
export async function fetchFile(result: ExportResult, signal: AbortSignal): Promise<Saved> {
  const answer = await call(`/v1/export/files/${result.export_id}`, { signal });
  const bytes = await answer.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (sha256 !== result.sha256) throw new Error("The file is not the one that was made: its sha256 differs");
  const type = answer.headers.get("Content-Type") ?? "application/octet-stream";
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  return { url: URL.createObjectURL(new Blob([bytes], { type })), name: name ?? result.export_id };
}

export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Waits as long as the service says; a connection that broke is worth another try. */
async function call(path: string, options: RequestInit & { signal: AbortSignal }): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt === TRIES;
    let seconds = 2 ** attempt / 4;
    try {
      const answer = await fetch(path, options);
      if (answer.ok) return answer;
      if (!AGAIN.includes(answer.status) || isLast) throw await refusal(answer);
      seconds = Number(answer.headers.get("Retry-After") ?? seconds);
    } catch (failure) {
      if (failure instanceof Refused || isLast || options.signal.aborted) throw failure;
    }
    await sleep(seconds * 1000, options.signal);
  }
}

async function refusal(answer: Response): Promise<Refused> {
  try {
    const { error } = await answer.json();
    return new Refused(error.code, error.message);
  } catch {
    return new Refused(String(answer.status), `HTTP ${answer.status}`);
  }
}
