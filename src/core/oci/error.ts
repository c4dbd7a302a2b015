import { LapstrakeError } from "../base/error.ts";

export type OciErrorCode = "OCI_REFERENCE" | "OCI_DIGEST" | "OCI_MANIFEST" | "OCI_CONFIG" | "OCI_PLATFORM";

/** Text or bytes that the OCI specifications do not allow. */
export class OciError extends LapstrakeError<OciErrorCode> {
  readonly exit = 2;
}
