import { digestOf } from "../../src/core/base/digest.ts";
import type { GateFinding } from "../../src/core/policy/gates/gate.ts";

const DOCKERFILE = "docker/base-images/base-python/Dockerfile";

export const OPENSSL = "pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12";
export const EXPAT = "pkg:deb/debian/libexpat1@2.5.0-1?arch=amd64&distro=debian-12";
export const REQUESTS = "pkg:pypi/requests@2.31.0";
export const TORCH = "pkg:pypi/torch@2.4.0";

export const WAIVER = {
  why: "only reached with a hostile certificate of our own registry",
  who: "h.mendez",
  until: "2024-11-30",
  at: { file: "lapstrake.yaml", line: 212, column: 7 },
};

/** A vulnerability of a Debian package that base-python installs, and so of all that is built on it. */
export function vulnerability(id: string, component: string, more: Partial<GateFinding> = {}): GateFinding {
  const name = /\/([^/@]+)@([^?]+)/.exec(component);
  return {
    id,
    level: "deny",
    message: `${name?.[1]} ${name?.[2]} has ${id}: a hostile peer reads past the end of a buffer`,
    component,
    severity: "high",
    fixed: ["3.0.14-1~deb12u2"],
    aliases: [`DSA-${id.slice(-4)}-1`],
    sources: ["osv", "suite"],
    owner: "base-python",
    layer: { index: 2, diffId: digestOf("layer 2"), instruction: `${DOCKERFILE}:9` },
    at: { file: DOCKERFILE, line: 9, column: 1 },
    ...more,
  };
}

export const CRITICAL = vulnerability("CVE-2024-45491", EXPAT, {
  severity: "critical",
  fixed: ["2.5.0-1+deb12u1"],
});
export const HIGH = vulnerability("CVE-2024-5535", OPENSSL);
export const UNRATED = vulnerability("GHSA-9wx4-h78v-vm56", REQUESTS, {
  severity: "unknown",
  fixed: ["2.32.0"],
  aliases: ["CVE-2024-35195"],
  sources: ["osv"],
  owner: "base-utils",
  at: { file: "docker/base-images/base-utils/Dockerfile", line: 14, column: 1 },
});
export const UNFIXED = vulnerability("CVE-2024-7804", TORCH, {
  severity: "critical",
  fixed: [],
  sources: ["osv"],
  owner: "family-torch-cu121",
  at: { file: "docker/families/family-torch-cu121/Dockerfile", line: 7, column: 1 },
});
export const LOW = vulnerability("CVE-2023-7008", "pkg:deb/debian/libsystemd0@252.30-1~deb12u2", {
  level: "note",
  severity: "low",
  fixed: [],
});
export const WAIVED = { ...HIGH, waiver: WAIVER };

export const SECRET: GateFinding = {
  id: "github-token",
  level: "deny",
  message: "a GitHub token stands in app/settings.py",
  path: "app/settings.py",
  owner: "service_registry",
  layer: { index: 7, diffId: digestOf("layer 7"), instruction: "service_registry/Dockerfile:22" },
  at: { file: "service_registry/Dockerfile", line: 22, column: 1 },
  hint: "revoke it, then take the file out of the build context",
};
export const ROOT_USER: GateFinding = {
  id: "root-user",
  level: "deny",
  message: "runs as root: no USER is set",
  at: { file: "intention_validator_agent/Dockerfile", line: 3, column: 1 },
  hint: "USER 10001:10001",
};
export const OVER_BUDGET: GateFinding = {
  id: "over-budget",
  level: "deny",
  message: "3.1 GB compressed, and 3 GB are allowed for tier gpu",
};
export const UNREAD: GateFinding = {
  id: "layer-unread",
  level: "unknown",
  message: "layer 4 is larger than what is read for secrets (512 MB), and was not looked at",
};
export const NO_PACKAGES: GateFinding = {
  id: "nothing-scanned",
  level: "error",
  message: "trivy saw no package in an image that has 104",
};
