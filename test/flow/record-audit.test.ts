import { expect, test } from "vitest";
import { auditImages } from "../../src/flow/audit/audit-images.ts";
import { recordAudit } from "../../src/flow/audit/record-audit.ts";
import { SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import { createTestMachine } from "../kit/world.ts";
import { released } from "./run.ts";

const ASK = { images: [], dependents: false, alone: false, reached: false };

test("an audit is kept once, with all that it found as evidence", async () => {
  const machine = await createTestMachine();
  const { tag } = await released(machine);
  const report = await auditImages(machine.world(), ASK);
  await recordAudit(machine.world(), report);
  const first = await machine.state.ledger.last("audit");
  expect(first?.body).toMatchObject({ what: "audit", release: tag, outcome: "holds" });
  expect(first?.body.images.map(({ name }) => name)).toEqual(SAMPLE_IMAGES);
  const evidence = first && (await machine.state.evidence.get(first.body.report));
  expect(JSON.parse(new TextDecoder().decode(evidence))).toMatchObject({ version: 1, release: tag });

  await recordAudit(machine.world(), await auditImages(machine.world(), ASK));
  expect((await machine.state.ledger.last("audit"))?.seq).toBe(first?.seq);
});

test("an audit that could not read an image is unknown, and one that found a failure fails", async () => {
  const machine = await createTestMachine();
  await released(machine);
  const report = await auditImages(machine.world(), ASK);
  await recordAudit(machine.world(), { ...report, left: [{ name: "web", why: "gone" }] });
  expect((await machine.state.ledger.last("audit"))?.body.outcome).toBe("unknown");
  const missing = [
    { what: "library", name: "libx.so", level: "required", reason: { what: "library", name: "libx.so" } },
  ] as const;
  const images = report.images.map((image) => ({ ...image, audit: { ...image.audit, missing } }));
  await recordAudit(machine.world(), { ...report, images });
  expect((await machine.state.ledger.last("audit"))?.body.outcome).toBe("fails");
});
