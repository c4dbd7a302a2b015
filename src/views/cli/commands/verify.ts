import type { ExitCode } from "../../../core/base/error.ts";
import { worstOutcome } from "../../../core/policy/verdict.ts";
import { verifyImages } from "../../../flow/verify/verify-images.ts";
import { renderVerification } from "../../render/verification.ts";
import { type Call, flagOn } from "../command.ts";

export async function run({ operands, flags, io, world, endProgress }: Call): Promise<ExitCode> {
  const verification = await verifyImages(world, { images: operands, run: flagOn(flags, "run") });
  endProgress();
  const outcome = worstOutcome(verification.images.flatMap(({ verdicts }) => verdicts));
  io.out(
    flagOn(flags, "json")
      ? `${JSON.stringify({ version: 1, outcome, ...verification }, null, 2)}\n`
      : renderVerification(verification),
  );
  return outcome === "holds" ? 0 : outcome === "fails" ? 1 : 3;
}
