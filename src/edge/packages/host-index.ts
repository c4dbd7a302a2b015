import type { ProcessRunner } from "../process/port.ts";
import { createPipIndex } from "./pip-index.ts";
import type { PackageIndex } from "./port.ts";
import { createUvIndex } from "./uv-index.ts";

/** uv where the host has it and it gets answers, else pip. Without either: not asked, with both reasons. */
export function createHostIndex(runner: ProcessRunner): PackageIndex {
  const clients = [createUvIndex(runner), createPipIndex(runner)];
  return {
    async ask(pins, options) {
      const reasons: string[] = [];
      for (const client of clients) {
        const answer = await client.ask(pins, options);
        if (answer.state === "asked") return answer;
        reasons.push(answer.why);
      }
      return {
        state: "not-asked",
        why: reasons.join("; "),
        hint: "uv or pip must be installed here and reach its index",
      };
    },
  };
}
