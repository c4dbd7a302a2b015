import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openSigningKey } from "../src/edge/ledger/signing-key.ts";
import { openDatabases } from "../src/edge/scanner/database/open-databases.ts";
import type { ScanSubject } from "../src/edge/scanner/port.ts";
import { writeFileAtomic } from "../src/edge/tree/write-file-atomic.ts";
import { debComponent, pypiComponent } from "../test/kit/osv-records.ts";
import { PACKAGES, SOURCES } from "./advisory-names.ts";

const IMAGES = 15;

/** Our side of `advisories`: `import FOLDER EXPORT`, or `match FOLDER`, which prints how many vulnerabilities it found. */
async function run(action: string, folder: string, path: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const databases = openDatabases({
    folder,
    clock: Date.now,
    version: "bench",
    key: openSigningKey(join(folder, "key")),
    download: () => {
      throw new Error("a bench fetches nothing");
    },
    write: writeFileAtomic,
    exclusive: (work) => work(),
  });
  if (action === "import") {
    await databases.update([path]);
    return;
  }
  const answers = await databases
    .source({}, "2026-01-01")
    .scan(subjects(), { signal: new AbortController().signal });
  const counts = answers.map((answer) => {
    if (answer.state !== "scanned") throw new Error(answer.why);
    return answer.vulnerabilities.length;
  });
  console.log(counts.reduce((sum, each) => sum + each, 0));
}

/** Images share most of what they have, and not in one version. */
function subjects(): readonly ScanSubject[] {
  return Array.from({ length: IMAGES }, (_, image) => {
    const pypi = Array.from({ length: 60 }, (_, index) =>
      pypiComponent(PACKAGES[(image * 10 + index) % PACKAGES.length] ?? "", `${image % 6}.${index % 40}.0`),
    );
    const deb = Array.from({ length: 150 }, (_, index) => {
      const version = `${image % 4}.${index % 30}-1`;
      const source = { name: SOURCES[(image * 10 + index) % SOURCES.length] ?? "", version };
      return debComponent(`${source.name}-bin`, version, source);
    });
    const sbom = {
      subject: { name: `image-${image}`, digest: undefined, architecture: "amd64" },
      created: undefined,
      tool: "bench",
      system: { id: "debian", version: "12" },
      components: [...pypi, ...deb],
    };
    return { name: `image-${image}`, at: undefined, platform: "linux/amd64", sbom };
  });
}

const [action = "", folder = "", path = ""] = process.argv.slice(2);
await run(action, folder, path);
