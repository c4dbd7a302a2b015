/** "4", "4.1": text, so that 4.10 is not 4.1. */
export const PHASE_ID = /^(?:0|[1-9]\d{0,2})(?:\.[1-9]\d{0,2})?$/;

/** "4" of "4.1"; undefined for a phase that is no part of another. */
export function parentOf(id: string): string | undefined {
  const dot = id.lastIndexOf(".");
  return dot < 0 ? undefined : id.slice(0, dot);
}
