import { readAccounts, runsAs } from "../../../audit/image/accounts.ts";
import { findProgram } from "../../../audit/image/find-program.ts";
import type { Verdict } from "../../verdict.ts";
import { contentVerdict } from "../about.ts";
import type { ImageFacts } from "../image-facts.ts";

/** A service has a health check whose program is in the image. Images that are only built upon need none. */
export function healthVerdict(facts: ImageFacts): Verdict {
  const { config } = facts.config;
  const [kind, ...command] = config.Healthcheck?.Test ?? [];
  return contentVerdict("image-health", facts, ({ flat }) => {
    const holds = { message: `checked by ${command.join(" ")}` };
    if (facts.expected.kind === "image")
      return { holds: { message: "no service: it needs no health check" } };
    if (kind === undefined || kind === "NONE" || command.length === 0)
      return {
        fails: [{ message: "the service has no health check", hint: "HEALTHCHECK CMD [...]" }],
        holds,
      };
    const program = kind === "CMD-SHELL" ? "/bin/sh" : (command[0] ?? "");
    const accounts = readAccounts(flat.tree);
    const who = accounts === undefined ? undefined : runsAs(config.User ?? "", accounts);
    const found = findProgram(flat.tree, program, { config, who });
    return found.ok
      ? { holds }
      : { fails: [{ message: `its health check cannot run: ${found.why}` }], holds };
  });
}
