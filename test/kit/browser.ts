import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Opens a page, runs the body of an async function in it, and gives what that returns: plain JSON. `press(key, at)` and
 * `go(work)` are there for it; the second waits until the work has changed the address, or does not.
 */
export function runInPage(browser: string, page: string, script: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  const file = join(folder, "page.html");
  const driver = `<script>(async () => {
const go = (work) => new Promise((done) => { addEventListener("hashchange", () => setTimeout(done), { once: true }); setTimeout(done, 300); work(); });
const press = (key, at) => at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
let answer;
try { answer = { value: await (async () => { ${script.replaceAll("</", "<\\/")} })() }; } catch (error) { answer = { error: String(error.stack) }; }
document.body.textContent = "";
const result = document.createElement("pre"); result.id = "result"; result.textContent = encodeURIComponent(JSON.stringify(answer)); document.body.append(result);
})();</script>`;
  try {
    writeFileSync(file, `${page}${driver}`);
    const { stdout, stderr } = spawnSync(
      browser,
      [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        `--user-data-dir=${join(folder, "profile")}`,
        "--virtual-time-budget=10000",
        "--window-size=1280,900",
        "--dump-dom",
        `file://${file}`,
      ],
      { encoding: "utf8", timeout: 120_000, maxBuffer: 64e6 },
    );
    const found = /<pre id="result">([^<]*)<\/pre>/.exec(stdout)?.[1];
    if (found === undefined) throw new Error(`the page gave no answer: ${stderr.slice(-2000)}`);
    // What the driver above wrote.
    const answer = JSON.parse(decodeURIComponent(found)) as {
      readonly value?: unknown;
      readonly error?: string;
    };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
