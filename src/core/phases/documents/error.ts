import { LapstrakeError } from "../../base/error.ts";

export type DocumentErrorCode =
  /** What stands at a document's path is no text that could be kept. */
  "DOCUMENT_UNREADABLE";

export class DocumentError extends LapstrakeError<DocumentErrorCode> {
  readonly exit = 2;
}
