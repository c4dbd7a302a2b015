import { expect, it } from "vitest";
import { readLedger } from "../../src/flow/open-ledger.ts";
import { planFleet } from "../../src/flow/plan-fleet.ts";
import { HOST, NAMESPACE } from "../kit/sample-fleet.ts";
import { createTestMachine } from "../kit/world.ts";

/** The places under which ledgers are opened, where the local registry has this address (undefined: no engine). */
async function placesOf(registry: string | undefined): Promise<readonly string[]> {
  const machine = await createTestMachine();
  const text = String(machine.files["lapstrake.yaml"]);
  machine.files["lapstrake.yaml"] = text.replace(`registry: ${HOST}`, "registry: local");
  machine.files["api/Dockerfile"] = "FROM web\nCOPY --from=cpu /lib/lib.so /lib/\nCOPY run.sh /\n";
  const places: string[] = [];
  const plain = machine.world();
  const known = plain.engine();
  const world = {
    ...plain,
    engine: () => (registry === undefined || known === undefined ? undefined : { ...known, registry }),
    fleetState: async (_fleet: string, place: string) => {
      places.push(place);
      return machine.state;
    },
  };
  if (registry !== undefined) await planFleet(world);
  await readLedger(world);
  return [...new Set(places)];
}

it("keeps one ledger where the local registry gets another port, and reads it without an engine", async () => {
  const places = [`local/${NAMESPACE}`];
  expect(await placesOf("127.0.0.1:29005")).toEqual(places);
  expect(await placesOf("127.0.0.1:29006")).toEqual(places);
  expect(await placesOf(undefined)).toEqual(places);
});
