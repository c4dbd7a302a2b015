import { describe, expect, it } from "vitest";
import { buildFleet } from "../../src/flow/build-fleet.ts";
import { planFleet } from "../../src/flow/plan-fleet.ts";
import { healthyPatient, type Patient } from "./healthy.ts";

const FLAGS = { jobs: undefined, failFast: false, noCache: false };

async function build(patient: Patient) {
  return buildFleet(patient.world, await planFleet(patient.world), FLAGS);
}

async function withFree(freeBytes: number): Promise<Patient> {
  const patient = await healthyPatient();
  patient.machine.disk = (path) => Promise.resolve({ path, device: 1, freeBytes, totalBytes: 1e12 });
  return patient;
}

function warnings({ test }: Patient): number {
  return test.events.filter((event) => event.type === "note" && event.level === "warning").length;
}

describe("before a build starts", () => {
  it("a disk that cannot hold it ends it: exit 3, nothing built", async () => {
    const patient = await withFree(1e6);
    await expect(build(patient)).rejects.toMatchObject({ code: "DISK_SHORT", exit: 3 });
    expect(patient.test.builder.requests).toEqual([]);
  });

  it("one that may be too small is a warning, and it goes on", async () => {
    const patient = await withFree(1e9);
    expect((await build(patient)).exit).toBe(0);
    expect(warnings(patient)).toBe(1);
  });

  it("one with room is silent", async () => {
    const patient = await withFree(1e11);
    expect((await build(patient)).exit).toBe(0);
    expect(warnings(patient)).toBe(0);
  });

  it("what cannot be found out stops nothing", async () => {
    const patient = await withFree(1e6);
    patient.machine.disk = () => Promise.resolve(undefined);
    expect((await build(patient)).exit).toBe(0);
  });

  it("a run with nothing to build does not even look", async () => {
    const patient = await withFree(1e11);
    await build(patient);
    patient.world = { ...patient.world, machine: () => Promise.reject(new Error("looked")) };
    expect((await build(patient)).exit).toBe(0);
  });
});

it("a recorded size counts in place of the default", async () => {
  // First as good as no image has a size; the sample's images then turn out to be of some hundred bytes.
  const patient = await withFree(1e9);
  await build(patient);
  expect(warnings(patient)).toBe(1);
  patient.test.files["base/etc/motd"] = "changed\n";
  patient.test.now += 1000;
  await build(patient);
  expect(warnings(patient)).toBe(1);
  expect(patient.test.builder.requests.length).toBeGreaterThan(4);
});
