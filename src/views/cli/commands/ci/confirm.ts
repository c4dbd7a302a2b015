import type { ExitCode } from "../../../../core/base/error.ts";
import { confirmDigests } from "../../../../flow/ci/confirm-digests.ts";
import { renderConfirmed } from "../../../render/ci-confirmed.ts";
import { type Call, flagOn } from "../../command.ts";

export async function run({ operands, flags, io, world, endProgress }: Call): Promise<ExitCode> {
  const images = await confirmDigests(world, operands[0] ?? ".");
  endProgress();
  io.out(
    flagOn(flags, "json") ? `${JSON.stringify({ version: 1, images }, null, 2)}\n` : renderConfirmed(images),
  );
  return images.every(({ confirmed }) => confirmed) ? 0 : 1;
}
