import { useEffect, useRef, useState, type ReactElement } from "react";

import { cancelJob, createJob, fetchFile, readJob, sleep, type ExportRequest, type Job, type Saved } from "./api";

const POLL_MILLISECONDS = 1000;

type State =
  | { kind: "idle" }
  | { kind: "asking" }
  | { kind: "running"; job: Job; isCancelling: boolean }
  | { kind: "fetching"; job: Job }
  | { kind: "done"; job: Job; saved: Saved }
  | { kind: "cancelled" }
  | { kind: "failed"; message: string };

/** Starts an export, shows how far it is, cancels it, and offers the verified file. */
export function ExportButton({ request }: { request: ExportRequest }): ReactElement {
  const [state, setState] = useState<State>({ kind: "idle" });
  const running = useRef<AbortController | null>(null);

  // A page that is left stops asking; the job goes on.
  useEffect(() => () => running.current?.abort(), []);
  const url = state.kind === "done" ? state.saved.url : null;
  useEffect(() => (url ? () => URL.revokeObjectURL(url) : undefined), [url]);

  async function start(): Promise<void> {
    const control = new AbortController();
    running.current = control;
    setState({ kind: "asking" });
    try {
      let job = await createJob(request, crypto.randomUUID(), control.signal);
      while (job.status === "pending" || job.status === "processing") {
        setState((old) => ({ kind: "running", job, isCancelling: old.kind === "running" && old.isCancelling }));
        await sleep(POLL_MILLISECONDS, control.signal);
        job = await readJob(job.job_id, control.signal);
      }
      await finish(job, control.signal);
    } catch (failure) {
      if (!control.signal.aborted) setState({ kind: "failed", message: text(failure) });
    }
  }

  async function finish(job: Job, signal: AbortSignal): Promise<void> {
    if (job.status === "cancelled") {
      setState({ kind: "cancelled" });
    } else if (job.result) {
      setState({ kind: "fetching", job });
      setState({ kind: "done", job, saved: await fetchFile(job.result, signal) });
    } else {
      setState({ kind: "failed", message: job.error ? `${job.error.code}: ${job.error.message}` : job.status });
    }
  }

  // The loop in start sees what becomes of it.
  async function cancel(job: Job): Promise<void> {
    setState({ kind: "running", job, isCancelling: true });
    try {
      await cancelJob(job.job_id, running.current?.signal ?? AbortSignal.abort());
    } catch {
      setState((now) => (now.kind === "running" ? { ...now, isCancelling: false } : now));
    }
  }

  const isBusy = state.kind === "asking" || state.kind === "running" || state.kind === "fetching";
  return (
    <section aria-busy={isBusy}>
      <button type="button" disabled={isBusy} onClick={() => void start()}>
        Export
      </button>
      {state.kind === "running" && (
        <>
          <progress max={1} value={state.job.progress} aria-label="Progress of the export" />
          <button type="button" disabled={state.isCancelling} onClick={() => void cancel(state.job)}>
            Cancel
          </button>
        </>
      )}
      <p role="status">{described(state)}</p>
      {state.kind === "done" && (
        <a href={state.saved.url} download={state.saved.name}>
          Save {state.saved.name}
        </a>
      )}
    </section>
  );
}

function described(state: State): string {
  switch (state.kind) {
    case "idle":
      return "";
    case "asking":
      return "Asking for the export";
    case "running":
      return state.isCancelling
        ? "Cancelling"
        : `${Math.round(state.job.progress * 100)} %: ${state.job.step_description}`;
    case "fetching":
      return "Fetching the file";
    case "done":
      return `${state.job.result?.row_count} rows, ${state.job.result?.completeness}, verified`;
    case "cancelled":
      return "Cancelled";
    case "failed":
      return state.message;
  }
}

function text(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
