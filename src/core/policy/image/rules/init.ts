import { readAccounts, runsAs } from "../../../audit/image/accounts.ts";
import { findProgram } from "../../../audit/image/find-program.ts";
import type { Verdict } from "../../verdict.ts";
import { contentVerdict } from "../about.ts";
import type { ImageFacts } from "../image-facts.ts";

const HINT = 'ENTRYPOINT ["/usr/bin/tini", "--"] in its JSON form, and the package tini in the image';

/** PID 1 is tini: it hands signals on and buries orphans. The program is there, and the image's user may run it. */
export function initVerdict(facts: ImageFacts): Verdict {
  const { config } = facts.config;
  const [program, ...rest] = config.Entrypoint ?? [];
  return contentVerdict("image-init", facts, ({ flat }) => {
    const holds = { message: `PID 1 is ${program} ${rest.join(" ")}`.trim() };
    if (program === undefined)
      return { fails: [{ message: "it has no entrypoint: PID 1 is its command", hint: HINT }], holds };
    if (!/(?:^|\/)tini(?:-static)?$/.test(program)) {
      const words = [program, ...rest].join(" ").slice(0, 200);
      return { fails: [{ message: `its entrypoint is ${words}, not tini`, hint: HINT }], holds };
    }
    const accounts = readAccounts(flat.tree);
    const who = accounts === undefined ? undefined : runsAs(config.User ?? "", accounts);
    const found = findProgram(flat.tree, program, { config, who });
    return found.ok
      ? { holds }
      : { fails: [{ message: `its entrypoint cannot start: ${found.why}`, hint: HINT }], holds };
  });
}
