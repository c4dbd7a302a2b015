import { type DiskFleet, diskFleet } from "../bad-input/on-disk.ts";
import { type GhcrMachine, TOKEN } from "./ghcr-machine.ts";

export interface GhcrOnDisk extends DiskFleet {
  /** Puts the login of exactly these hosts into Docker's config. */
  login(...hosts: readonly string[]): void;
}

/** The tree of a second machine of that fleet, on the disk, with every port as the program has it; removed with the test. */
export function ghcrOnDisk({ machine, server, github }: GhcrMachine): GhcrOnDisk {
  const texts = Object.entries(machine.files).flatMap(([path, file]) =>
    typeof file === "string" ? [[path, file] as const] : [],
  );
  const fleet = diskFleet({ ...Object.fromEntries(texts), "api/run.sh": "#!/bin/sh\n" });
  const apis = `  packageApis: { "${server.host}": "${github.api.slice(0, -1)}" }\n`;
  fleet.write({ "lapstrake.yaml": `${String(machine.files["lapstrake.yaml"])}${apis}` });
  const login = (...hosts: readonly string[]): void => {
    const auth = Buffer.from(`me:${TOKEN}`).toString("base64");
    const auths = Object.fromEntries(hosts.map((host) => [host, { auth }]));
    fleet.writeState({ "docker/config.json": JSON.stringify({ auths }) });
  };
  login(server.host, github.host);
  return { ...fleet, login };
}
