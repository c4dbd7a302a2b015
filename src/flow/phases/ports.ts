import { COLLECTORS } from "./collectors.ts";
import type { PhasePorts } from "./open-phases.ts";

/** What the program's own commands use. The Markdown parser is loaded where there is a document to read. */
export const PHASE_PORTS: PhasePorts = {
  collectors: COLLECTORS,
  async verify(source, question) {
    const { verifyDocument } = await import("../../core/phases/documents/verify-document.ts");
    return verifyDocument(source, question);
  },
};
