/** Milliseconds since 1970 UTC. Core code is handed one; it never reads the time itself. */
export type Clock = () => number;

/** A whole number of seconds since 1970 UTC, as SOURCE_DATE_EPOCH counts. */
export type EpochSeconds = number;
