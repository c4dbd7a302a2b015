import { join } from "node:path";
import type { Digest } from "../../core/base/digest.ts";
import { RecordError } from "../../core/record/error.ts";
import { Fields, parseObject } from "../../core/record/fields.ts";
import type { Witnessed } from "../../core/record/witness.ts";
import type { FleetState, World } from "../world.ts";
import { VouchError } from "./error.ts";
import { readFileText } from "./vouch-files.ts";

/** The newest state that this machine countersigned, by the id of the ledger's key. */
export type WitnessedLedgers = Readonly<Record<Digest, Witnessed>>;

const FILE = "witnessed.json";

/** Empty where nothing was witnessed yet. Throws VouchError WITNESS_STATE: what is damaged is never taken for nothing. */
export async function readWitnessed(world: World, state: FleetState): Promise<WitnessedLedgers> {
  const text = await readFileText(world, state.folder, FILE);
  if (text === undefined) return {};
  try {
    const file = new Fields(parseObject(text), "witnessed");
    if (file.get("version") !== 1) throw new RecordError("RECORD_VERSION", "expected version 1");
    const ledgers = file.object("ledgers");
    return Object.fromEntries(ledgers.names.map((key) => [key, witnessedOf(ledgers.object(key))]));
  } catch (thrown) {
    if (!(thrown instanceof RecordError)) throw thrown;
    throw new VouchError("WITNESS_STATE", `${join(state.folder, FILE)} cannot be read: ${thrown.message}`, {
      cause: thrown,
      hint: "put back a copy; without one, move it away, and accept each ledger's key anew",
    });
  }
}

export async function saveWitnessed(world: World, state: FleetState, known: WitnessedLedgers): Promise<void> {
  const ledgers = Object.fromEntries(
    Object.entries(known).map(([key, { first, seq, hash, root }]) => [key, { first, seq, hash, root }]),
  );
  await world.writeFile(join(state.folder, FILE), `${JSON.stringify({ version: 1, ledgers }, null, 2)}\n`);
}

function witnessedOf(fields: Fields): Witnessed {
  return {
    first: fields.digest("first"),
    seq: fields.count("seq"),
    hash: fields.digest("hash"),
    root: fields.digest("root"),
  };
}
