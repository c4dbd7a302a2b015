import { isKeyName } from "../../../../core/record/public-keys.ts";
import type { VouchOptions } from "../../../../flow/ledger/checkpoint-ledger.ts";
import { type FlagValues, flagOn, flagText } from "../../command.ts";
import { UsageError } from "../../error.ts";
import { waitOf } from "../../selection.ts";

/** What checkpoint and witness have in common. */
export function vouchFlags(flags: FlagValues): VouchOptions & { readonly wait: number } {
  const name = flagText(flags, "name");
  if (name !== undefined && !isKeyName(name))
    throw new UsageError("USAGE_FLAG", `--name takes letters, digits, ".", "_" and "-", got "${name}"`);
  return { name, notes: flagOn(flags, "notes"), wait: waitOf(flags) };
}
