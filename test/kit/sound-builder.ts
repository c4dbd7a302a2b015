import type { BuildRequest, BuildResult } from "../../src/edge/builder/port.ts";
import type { Registry } from "../../src/edge/registry/port.ts";
import { type BuildChange, buildAndPush } from "./pushing-builder.ts";
import { type TarItem, tarOf } from "./tar-writer.ts";
import type { TestMachine } from "./world.ts";

/** What is otherwise in an image than in one in which no gate finds anything. */
export interface Fault extends Pick<BuildChange, "annotations" | "run"> {
  /** In a layer of its own. */
  readonly files?: readonly TarItem[];
  /** Of what is built on a root: it is of no distribution, and has no database of packages. */
  readonly bare?: boolean;
}

/** A package and a distribution that every image of such a fleet has from its base. */
export const DEBIAN_PACKAGE = { name: "libc6", version: "2.36-9" } as const;
export const DISTRIBUTION = { name: "requests", version: "2.32.3" } as const;

const SITE = `opt/venv/lib/python3.11/site-packages/${DISTRIBUTION.name}-${DISTRIBUTION.version}.dist-info`;

/** Of every image that is built on a root. */
const FILES: readonly TarItem[] = [
  { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' },
  { path: "etc/passwd", content: "root:x:0:0::/root:/bin/sh\nappuser:x:10001:10001::/app:/bin/sh\n" },
  { path: "etc/group", content: "root:x:0:\nappuser:x:10001:\n" },
  { path: "usr/bin/tini", content: "#!/bin/sh\n", mode: 0o755 },
  { path: "var/lib/dpkg/status", content: stanza(DEBIAN_PACKAGE) },
  { path: `var/lib/dpkg/info/${DEBIAN_PACKAGE.name}.list`, content: "/.\n" },
  {
    path: `${SITE}/METADATA`,
    content: `Metadata-Version: 2.1\nName: ${DISTRIBUTION.name}\nVersion: ${DISTRIBUTION.version}\n\n`,
  },
  { path: `${SITE}/RECORD`, content: "" },
];

const OF_SYSTEM = /^(?:etc\/os-release|var\/lib\/dpkg\/.*)$/;

/**
 * Makes a machine build images that run as nobody, by tini, and say what they are, each with the faults that stand under its
 * name when it is built.
 */
export function buildSound(machine: TestMachine, faults: Readonly<Record<string, Fault>> = {}): void {
  machine.build = (request) => soundImage(machine.registry, request, faults[request.image] ?? {});
}

async function soundImage(
  registry: Registry,
  request: BuildRequest,
  { files = [], annotations = {}, run = {}, bare = false }: Fault,
): Promise<BuildResult> {
  return buildAndPush(registry, request, {
    layers: (below) => {
      // The root has one layer; a child has these files from its parent.
      const own = [
        below.length === 1 ? FILES.filter(({ path }) => !(bare && OF_SYSTEM.test(path))) : [],
        files,
      ].filter((items) => items.length > 0);
      return [...below, ...own.map((items) => tarOf(items).toString("latin1"))];
    },
    annotations,
    run: {
      User: "10001:10001",
      Env: ["PATH=/usr/bin"],
      Entrypoint: ["/usr/bin/tini", "--"],
      Labels: { ...request.labels },
      ...run,
    },
  });
}

function stanza({ name, version }: { readonly name: string; readonly version: string }): string {
  return `Package: ${name}\nStatus: install ok installed\nMaintainer: nobody <nobody@example.invalid>\nArchitecture: amd64\nVersion: ${version}\nDescription: of a test\n`;
}
