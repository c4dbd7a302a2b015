import type { GateName } from "../gate.ts";

/** Faults that are planted in images, one in each, to see that a gate turns red for it. `none`: the image that must pass. */
export const CANARY_FAULTS = [
  "none",
  "vulnerable-distribution",
  "vulnerable-package",
  "secret",
  "hidden-secret",
  "setuid",
  "world-writable",
  "root-user",
  "no-init",
  "no-health",
  "no-labels",
  "oversized",
  "empty-sbom",
] as const;

export type CanaryFault = (typeof CANARY_FAULTS)[number];

export interface PlantedFault {
  /** Which has to turn red, and no other. */
  readonly gate: GateName;
  /** What was planted, in words. */
  readonly planted: string;
}

export const PLANTED: Readonly<Record<Exclude<CanaryFault, "none">, PlantedFault>> = {
  "vulnerable-distribution": {
    gate: "vulnerabilities",
    planted: "Jinja2 2.10 of PyPI (CVE-2019-10906, mended in 2.10.1)",
  },
  "vulnerable-package": {
    gate: "vulnerabilities",
    planted: "libssl3 3.0.9-1 of Debian 12 (CVE-2023-5363, mended in 3.0.11-1~deb12u2)",
  },
  secret: { gate: "secrets", planted: "a GitHub token in app/settings.py" },
  "hidden-secret": {
    gate: "secrets",
    planted: "a GitHub token in app/settings.py, which a later layer takes away",
  },
  setuid: { gate: "files", planted: "a set-user-id program, usr/local/bin/canary" },
  "world-writable": { gate: "files", planted: "a file that all may write to, app/canary.conf" },
  "root-user": { gate: "user", planted: "USER root" },
  "no-init": { gate: "init", planted: "an entrypoint without tini" },
  "no-health": { gate: "health", planted: "a service without HEALTHCHECK" },
  "no-labels": { gate: "labels", planted: "an image without labels" },
  oversized: {
    gate: "budget",
    planted: "a layer of 160 KiB in an image that may have 64 compressed and 128 unpacked",
  },
  "empty-sbom": { gate: "sbom", planted: "an SBOM that lists nothing" },
};
