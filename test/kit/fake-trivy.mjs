// A program that stands for Trivy in protocol tests. It speaks Trivy's command line as far as it is used: `version`,
// `image --help`, `image …`; what it does is said by `scenario`, which createFakeTrivy writes into the program that loads this.
//   version   what it says of itself
//   database  "read" (what the cache's link leads to, as Trivy does), "none", "other"
//   flags     those that its help has
//   reports   by target (`HOST/REPO@DIGEST`, or "layout"): what it prints, a value or a text
//   mode      "report"; "hang" (until SIGTERM); "stubborn" (it does not heed that); "crash"; "kill" (itself); "flood" (without end)
//   exit      its exit code; `stderr` is what it says before
//   touch     a file that it changes before it ends
//   log       where each start is noted: arguments, environment, the working directory and what lies in it
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const NAMED = /^--([a-z-]+)=(.*)$/s;

export async function fakeTrivy(scenario) {
  const args = process.argv.slice(2);
  const options = new Map(args.flatMap((arg) => (NAMED.test(arg) ? [NAMED.exec(arg).slice(1)] : [])));
  const read = (name) => (options.has(name) ? readFileSync(options.get(name), "utf8") : undefined);
  appendFileSync(
    scenario.log,
    `${JSON.stringify({
      args,
      env: process.env,
      here: readdirSync("."),
      home: readdirSync(process.env.HOME),
      config: read("config"),
      ignore: read("ignorefile"),
    })}\n`,
  );
  if (args[0] === "version") return await say(JSON.stringify(versionOf(scenario, options.get("cache-dir"))));
  if (args.includes("--help")) return await say(helpOf(scenario));
  await scan(scenario, args);
}

function versionOf({ version, database }, cache) {
  const file = join(cache, "db", "metadata.json");
  if (database === "none" || !existsSync(file)) return { Version: version };
  const metadata = JSON.parse(readFileSync(file, "utf8"));
  const UpdatedAt = database === "other" ? "2020-01-01T00:00:00Z" : metadata.UpdatedAt;
  return { Version: version, VulnerabilityDB: { ...metadata, UpdatedAt } };
}

function helpOf({ flags }) {
  const lines = flags.map((flag) =>
    flag === "format" ? "  -f, --format string   format" : `      --${flag} x   see --other`,
  );
  return `Scan a container image\n\nUsage:\n  trivy image [flags] IMAGE_NAME\n\nFlags:\n${lines.join("\n")}\n`;
}

async function scan(scenario, args) {
  const { mode = "report", exit = 0, stderr = "", reports, touch } = scenario;
  process.stderr.write(stderr);
  if (touch !== undefined) appendFileSync(touch, "x");
  if (mode === "crash") process.abort();
  if (mode === "kill") process.kill(process.pid, "SIGKILL");
  if (mode === "hang" || mode === "stubborn") {
    if (mode === "stubborn") process.on("SIGTERM", () => {});
    setInterval(() => {}, 1000);
    return;
  }
  if (mode === "flood") for (;;) await say(`"${"x".repeat(1024 * 1024)}"\n`);
  const input = args.indexOf("--input");
  const target = input < 0 ? args.at(-1) : "layout";
  const report = reports[target] ?? "";
  await say(
    typeof report === "string"
      ? report
      : JSON.stringify(input < 0 ? report : fromLayout(report, args[input + 1])),
  );
  process.exitCode = exit;
}

/** With the layers of the first image that really lies in the layout, as Trivy reads one. */
function fromLayout(report, folder) {
  const blob = (digest) => JSON.parse(readFileSync(join(folder, "blobs", ...digest.split(":")), "utf8"));
  const [first] = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")).manifests;
  const config = blob(blob(first.digest).config.digest);
  return { ...report, Metadata: { ...report.Metadata, DiffIDs: config.rootfs.diff_ids } };
}

function say(text) {
  return new Promise((resolve) => process.stdout.write(text, resolve));
}
