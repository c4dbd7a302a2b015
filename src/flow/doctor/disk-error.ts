import { LapstrakeError } from "../../core/base/error.ts";

/** A build was not started, since the disk cannot hold what it makes. */
export class DiskError extends LapstrakeError<"DISK_SHORT"> {
  readonly exit = 3;
}
