// A program that stands for buildx in protocol tests: it is started as [node, this file, ...options, "build", ...].
// --recording=FILE  lines that it writes to stderr (a recorded rawjson stream)
// --exit=N          its exit code (0); with 0 it writes --digest=D into the metadata file
// --mode=replay     all lines, then exit
// --mode=hang       all lines, then waits for SIGTERM, upon which it says what buildx says, and exits 1
// --mode=stubborn   as hang, but it does not heed SIGTERM
// --mode=die        half of the lines, then SIGKILLs itself
// --mode=garbage    bytes that are no progress at all, one line of 3 MB, then exit
// --argv=FILE       where it notes its arguments and environment, as JSON
import { readFileSync, writeFileSync } from "node:fs";

const options = new Map();
for (const word of process.argv.slice(2)) {
  const match = /^--([a-z-]+)=(.*)$/s.exec(word);
  // The first wins: our own options come before those of the build.
  if (match !== null && !options.has(match[1])) options.set(match[1], match[2]);
}
const mode = options.get("mode") ?? "replay";
const recording = options.get("recording");
const lines = recording === undefined ? [] : readFileSync(recording, "utf8").split("\n");
const said = options.get("argv");
if (said !== undefined)
  writeFileSync(said, JSON.stringify({ argv: process.argv.slice(2), env: process.env }));

const write = (text) => new Promise((resolve) => process.stderr.write(text, resolve));

if (mode === "garbage") {
  await write(Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x7b, 0x22, 0x0a]));
  await write(`{"vertexes":[{"digest":"${"x".repeat(3_000_000)}"}]}\n`);
  await write('{"vertexes":[{"digest":5}]}\n[]\nnull\n{"vertexes":null}\n');
}
await write((mode === "die" ? lines.slice(0, lines.length / 2) : lines).join("\n"));
if (mode === "die") process.kill(process.pid, "SIGKILL");
if (mode === "hang" || mode === "stubborn") {
  process.on("SIGTERM", () => {
    if (mode === "stubborn") return;
    process.stderr.write("ERROR: failed to build: failed to solve: Canceled: context canceled\n", () =>
      process.exit(1),
    );
  });
  setInterval(() => {}, 1000);
} else if (mode !== "die") {
  const digest = options.get("digest");
  const metadata = options.get("metadata-file");
  if (digest !== undefined && metadata !== undefined) {
    writeFileSync(metadata, JSON.stringify({ "containerimage.digest": digest }));
  }
  process.exitCode = Number(options.get("exit") ?? "0");
}
