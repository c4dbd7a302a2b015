import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { ProcessRunner } from "../../src/edge/process/port.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";

/** What the server does instead of its duty: an answer by number, a body that ends early, other bytes than were signed, or its end. */
export type Fault = number | "cut" | "other" | "gone";

export interface AptArchive {
  readonly site: string;
  /** Holds `DISTRIBUTION-archive-keyring.gpg`. */
  readonly keyrings: string;
  /** By the path below `dists/SUITE/`. */
  readonly faults: Map<string, Fault>;
  /** Paths that were asked for. */
  readonly asked: string[];
  close(): void;
}

export interface ArchiveContent {
  readonly distribution: string;
  readonly suite: string;
  readonly components: string;
  /** Indexes by the path below `dists/SUITE/` without `.gz`, each unpacked. */
  readonly contents: Readonly<Record<string, string>>;
  /** Of its Release, in place of what it would say. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** The apt of this machine, but the sources that it knows. */
export function aptWith({ site }: Pick<AptArchive, "site">, suite: string): ProcessRunner {
  const real = createProcessRunner();
  return {
    async run(command) {
      const record = await real.run(command);
      // Its waiting between trials is not what is tested.
      if (command.argv[0] === "apt-config")
        return { ...record, stdout: `${record.stdout}Acquire::Retries::Delay "false";\n` };
      if (!command.argv.includes("--no-release-info")) return record;
      return { ...record, outcome: "ok", stdout: `Packages main ${site} ${suite}\n` };
    },
  };
}

/** A package archive on this machine that a real apt reads: signed by a key of its own, with indexes alone. */
export async function openAptArchive({
  distribution,
  suite,
  components,
  contents,
  fields = {},
}: ArchiveContent): Promise<AptArchive> {
  const folder = mkdtempSync(join(tmpdir(), "apt-archive-"));
  const keyrings = join(folder, "keyrings");
  mkdirSync(keyrings);
  const files = new Map(Object.entries(contents).map(([path, text]) => [`${path}.gz`, gzipSync(text)]));
  const release = releaseText({ suite, components, fields }, contents, files);
  const signed = signedBy(folder, release, join(keyrings, `${distribution}-archive-keyring.gpg`));
  files.set("InRelease", signed);
  const faults: AptArchive["faults"] = new Map();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url?.split(`/dists/${suite}/`)[1] ?? "";
    asked.push(path);
    if (faults.get(path) === "gone") {
      server.close();
      server.closeAllConnections();
    } else serve(response, files.get(path), faults.get(path));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    site: `http://127.0.0.1:${port}/`,
    keyrings,
    faults,
    asked,
    close() {
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serve(response: ServerResponse, bytes: Buffer | undefined, fault: Fault | undefined): void {
  if (typeof fault === "number" || bytes === undefined) {
    response.writeHead(typeof fault === "number" ? fault : 404).end();
    return;
  }
  response.writeHead(200, { "content-length": bytes.length });
  if (fault === "other") response.end(Buffer.alloc(bytes.length, "x"));
  else if (fault === "cut") response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  else response.end(bytes);
}

function releaseText(
  { suite, components, fields: own }: Pick<ArchiveContent, "suite" | "components" | "fields">,
  contents: ArchiveContent["contents"],
  files: ReadonlyMap<string, Buffer>,
): string {
  const line = (path: string, bytes: Buffer): string =>
    ` ${createHash("sha256").update(bytes).digest("hex")} ${bytes.length} ${path}\n`;
  const sums = [
    ...Object.entries(contents).map(([path, text]) => line(path, Buffer.from(text))),
    ...[...files].map(([path, bytes]) => line(path, bytes)),
  ];
  const fields = { Suite: suite, Codename: suite, Architectures: "all amd64", Components: components };
  const head = Object.entries({ Origin: "test", ...fields, Date: new Date().toUTCString(), ...own });
  return `${head.map(([name, value]) => `${name}: ${value}\n`).join("")}SHA256:\n${sums.join("")}`;
}

/** gpg in a home of its own; its agent ends with it. */
function signedBy(folder: string, text: string, keyring: string): Buffer<ArrayBuffer> {
  const home = join(folder, "gpg");
  mkdirSync(home, { mode: 0o700 });
  const gpg = (args: readonly string[], input = ""): Buffer<ArrayBuffer> => {
    const run = spawnSync("gpg", ["--homedir", home, "--batch", "--quiet", ...args], { input });
    if (run.status !== 0) throw new Error(`gpg: ${String(run.stderr)}`);
    return run.stdout;
  };
  try {
    gpg(["--passphrase", "", "--quick-generate-key", "archive@example.invalid", "ed25519", "sign", "never"]);
    gpg(["--output", keyring, "--export"]);
    return gpg(["--clearsign"], text);
  } finally {
    spawnSync("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]);
  }
}
