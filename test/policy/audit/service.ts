import { type AuditSurroundings, auditImage } from "../../../src/core/policy/audit/audit-image.ts";
import type { ImageAudit } from "../../../src/core/policy/audit/image-audit.ts";
import { library } from "../../kit/elf-facts.ts";
import { audited, type Made } from "./audited.ts";

const ALONE: AuditSurroundings = {
  machine: "x86_64",
  children: [],
  steps: [],
  machines: [],
  name: "image",
  originOf: () => undefined,
};
export const LIB = "usr/lib/x86_64-linux-gnu";
export const SITE = "opt/venv/lib/python3.11/site-packages";
export const EXTENSION = "fast/_core.cpython-311-x86_64-linux-gnu.so";

/** A service with an extension, and what that links to. */
export const SERVICE: Made = {
  config: { Entrypoint: ["python", "app.py"] },
  files: { "app/app.py": "import fast\n" },
  wheels: [
    {
      name: "fast",
      files: { "fast/__init__.py": "from . import _core\n", [EXTENSION]: "x" },
      tag: "cp311-cp311-manylinux_2_17_x86_64",
    },
  ],
  elf: { [`${SITE}/${EXTENSION}`]: library({ needed: ["libz.so.1"] }), [`${LIB}/libz.so.1`]: library() },
  packages: [
    { name: "zlib1g", files: [`${LIB}/libz.so.1`] },
    { name: "curl", files: ["usr/bin/curl"], depends: "libcurl4" },
    { name: "libcurl4", files: [`${LIB}/libcurl.so.4`] },
  ],
};

export function audit(made: Made, surroundings: Partial<AuditSurroundings> = {}): ImageAudit {
  return auditImage(audited(made), { ...ALONE, ...surroundings });
}

/** What fails whenever it starts. */
export const missing = ({ missing: list }: ImageAudit) =>
  list.filter(({ level }) => level === "required").map(({ what, name }) => `${what} ${name}`);
