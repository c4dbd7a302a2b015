import { parseSshAddress, sshArgv } from "../../core/base/ssh-address.ts";
import type { Machine } from "../../core/blueprint/blueprint.ts";
import { type DriverReading, driverInProc, driverInSmi } from "../../core/policy/risks/driver.ts";
import type { ProcessRecord } from "../../edge/process/port.ts";
import type { World } from "../world.ts";

const PROC = ["cat", "/proc/driver/nvidia/version"] as const;
const SMI = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"] as const;
const TIMEOUT_MS = 20_000;

/**
 * Asks a machine for its NVIDIA driver: this one where it is `here` or its engine is a local socket, another over ssh where
 * its engine is reached so. What cannot be asked is a reason, never an error.
 */
export async function readDriver(
  world: World,
  { name: machine, engine }: Machine,
  here: string | undefined,
): Promise<DriverReading> {
  const ssh = engine === undefined ? undefined : parseSshAddress(engine);
  const isHere = machine === here || engine?.startsWith("unix://") === true;
  if (!isHere && ssh === undefined) return { machine, why: whyNotAsked(machine, engine) };
  const run = (command: readonly [string, ...string[]]): Promise<ProcessRecord> =>
    world.runner.run({
      argv: isHere || ssh === undefined ? command : sshArgv(ssh, command),
      timeout: TIMEOUT_MS,
      signal: world.kill,
    });
  const proc = await run(PROC);
  const loaded = proc.outcome === "ok" ? driverInProc(proc.stdout) : undefined;
  if (loaded !== undefined) return { machine, version: loaded };
  // ssh's own failures, not the command's.
  if (!isHere && proc.exitCode === 255) return { machine, why: `ssh failed: ${lastLine(proc.stderr)}` };
  const smi = await run(SMI);
  const told = smi.outcome === "ok" ? driverInSmi(smi.stdout) : undefined;
  if (told !== undefined) return { machine, version: told };
  world.kill.throwIfAborted();
  return {
    machine,
    why: "neither /proc/driver/nvidia/version nor nvidia-smi tells of an NVIDIA driver there",
  };
}

function whyNotAsked(machine: string, engine: string | undefined): string {
  const there = `run \`lapstrake risk --machine ${machine}\` there`;
  return engine === undefined
    ? `the blueprint names no engine for it; ${there}`
    : `its engine at ${engine} tells nothing of drivers; ${there}`;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.slice(0, 200) ?? "";
}
