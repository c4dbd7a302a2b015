import type { Finding } from "../../../base/finding.ts";
import { findSecrets } from "../../image/secrets/find-secrets.ts";
import type { WorkflowText } from "../workflow.ts";

/** A text of a form that only secrets have. It is never repeated here. */
export function secretsKept({ text, file }: WorkflowText): readonly Finding[] {
  return findSecrets(text).map(
    ({ kind, line }): Finding => ({
      rule: "secret-leaked",
      level: "error",
      message: `a ${kind} stands here for everybody who can read the repository`,
      at: { file, line, column: 1 },
      hint: "make it invalid where it came from, then keep the new one in the server's secrets: ${{ secrets.NAME }}",
    }),
  );
}
