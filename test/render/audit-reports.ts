import { digestOf } from "../../src/core/base/digest.ts";
import { type AuditSurroundings, auditImage } from "../../src/core/policy/audit/audit-image.ts";
import type { ImageAudit } from "../../src/core/policy/audit/image-audit.ts";
import { reachedByPath } from "../../src/core/policy/audit/reached-by-path.ts";
import type { AuditView } from "../../src/views/render/audit-view.ts";
import { library } from "../kit/elf-facts.ts";
import { audited, type Made } from "../policy/audit/audited.ts";

const LIB = "usr/lib/x86_64-linux-gnu";
const SITE = "opt/venv/lib/python3.11/site-packages";
const EXTENSION = "fast/_core.cpython-311-x86_64-linux-gnu.so";

/** Names as somebody may give them who wants to take a page or a terminal over. */
export const HOSTILE = "</script><img src=x onerror=alert(1)>'\"`&[a](b){0}\u202egnp.exe";

/** A service that imports an extension, which links to a library of a package and to one that nobody has. */
export const SERVICE: Made = {
  config: { Entrypoint: ["python", "app.py"] },
  files: {
    "app/app.py":
      "import fast\nimport absent\ntry:\n    import maybe\nexcept ImportError:\n    pass\nimport importlib\nimportlib.import_module(name)\n",
    "usr/lib/python3.11/importlib/__init__.py": "",
  },
  wheels: [
    {
      name: "fast",
      files: { "fast/__init__.py": "from . import _core\n", [EXTENSION]: "x" },
      tag: "cp310-cp310-manylinux_2_17_x86_64",
    },
    { name: "idle", files: { "idle/__init__.py": "" }, requires: ["gone"] },
  ],
  elf: {
    [`${SITE}/${EXTENSION}`]: library({ needed: ["libz.so.1", "libnone.so.3"] }),
    [`${LIB}/libz.so.1`]: library(),
  },
  packages: [
    { name: "zlib1g", files: [`${LIB}/libz.so.1`] },
    { name: "curl", files: ["usr/bin/curl"], depends: "libcurl4" },
    { name: "libcurl4", files: [`${LIB}/libcurl.so.4`] },
  ],
};

const ALONE: AuditSurroundings = {
  machine: "x86_64",
  children: [],
  steps: [],
  name: "service",
  machines: [],
  originOf: () => undefined,
};

/** curl and its library come from a line of the service's Dockerfile, zlib1g from one of its base's. */
export function auditOf(made: Made = SERVICE): ImageAudit {
  const place = (image: string, line: number) => ({
    layer: 1,
    instruction: { image, file: `docker/my ${image}/Dockerfile`, line, endLine: line + 1 },
  });
  return auditImage(audited(made), {
    ...ALONE,
    originOf: (id) =>
      id.includes("curl") ? place("service", 4) : id.includes("zlib") ? place("base", 2) : undefined,
  });
}

export function reportOf(audit: ImageAudit = auditOf(), name = "service"): AuditView {
  return {
    release: "20260304-0123456",
    images: [{ name, digest: digestOf(name), source: "release 20260304-0123456", audit }],
    left: [],
  };
}

/** With every file that is reached, as a page has it. */
export function pageReport(): AuditView {
  const reached = reachedByPath(audited(SERVICE));
  const report = reportOf();
  return { ...report, images: report.images.map((image) => ({ ...image, reached })) };
}

/** Every text in it that comes from an image made hostile. */
export function hostileReport(): AuditView {
  const spoil = (value: unknown, key: string): unknown => {
    if (typeof value === "string")
      return [
        "name",
        "version",
        "text",
        "at",
        "path",
        "subject",
        "message",
        "why",
        "package",
        "distribution",
      ].includes(key)
        ? `${value}${HOSTILE}`
        : value;
    if (Array.isArray(value)) return value.map((each) => spoil(each, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoil(each, name)]));
  };
  // The same shape: only texts are others.
  const { images, ...report } = spoil(pageReport(), "") as AuditView;
  return { ...report, images, left: [{ name: HOSTILE, why: HOSTILE }] };
}
