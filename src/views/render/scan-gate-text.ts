import type { GateName } from "../../core/policy/gates/gate.ts";

/** What each gate looks for, in a sentence without its full stop. */
export const GATE_TEXT: Readonly<Record<GateName, string>> = {
  vulnerabilities: "packages with known vulnerabilities",
  secrets: "secrets in layers, config and history",
  files: "setuid files, and files that all may write",
  user: "images that run as root",
  init: "images without an init as their first process",
  health: "images without a health check",
  labels: "labels that the policy asks for",
  budget: "sizes over the budget, compressed and unpacked",
  reduction: "images that are not as much smaller than their baseline as they should be",
  sbom: "SBOMs that are missing, or leave packages out",
  base: "images on a base of which there is a newer release",
  tags: "tags outside the scheme, or taken by other content",
};
