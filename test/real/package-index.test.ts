import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPipIndex } from "../../src/edge/packages/pip-index.ts";
import { createProcessRunner } from "../../src/edge/process/run-process.ts";

const HEX = (digit: string): string => digit.repeat(64);

/** pip of this host, or undefined after a loud line: the index is then asked by no test. */
function hasPip(): boolean {
  try {
    execFileSync("python3", ["-m", "pip", "--version"], { stdio: "ignore" });
    return true;
  } catch {
    console.warn("\n!!! SKIPPED: this host's python3 has no pip: the real pip is not tried\n");
    return false;
  }
}

describe.skipIf(!hasPip())("the real pip against an index on this machine", () => {
  let server: Server;
  let form: "json" | "html" = "json";
  const asked: string[] = [];
  const pages: Record<string, readonly (readonly [file: string, hex: string])[]> = {
    "/simple/num-py/": [
      ["num_py-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", HEX("1")],
      ["num_py-1.0-cp313-cp313-win_amd64.whl", HEX("2")],
      ["num-py-1.0.tar.gz", HEX("3")],
      ["num_py-1.0.post1-py3-none-any.whl", HEX("4")],
      ["num_py_extras-1.0.tar.gz", HEX("5")],
      ["num_py-11.0.tar.gz", HEX("6")],
    ],
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const files = pages[request.url ?? ""];
      if (files === undefined) {
        response.writeHead(404).end();
        return;
      }
      const json = form === "json";
      response.writeHead(200, {
        "content-type": json ? "application/vnd.pypi.simple.v1+json" : "text/html",
      });
      const named = files.map(([filename, sha256]) => ({ filename, hashes: { sha256 }, url: filename }));
      const anchors = files.map(([file, hex]) => `<a href="../../files/${file}#sha256=${hex}">${file}</a>`);
      response.end(
        json
          ? JSON.stringify({ meta: { "api-version": "1.0" }, name: "num-py", files: named })
          : anchors.join("<br>"),
      );
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  });
  afterAll(() => server.close());

  const index = () =>
    createPipIndex(
      createProcessRunner({
        ...process.env,
        PIP_CONFIG_FILE: "/dev/null",
        PIP_INDEX_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`,
        PIP_TRUSTED_HOST: "127.0.0.1",
        NO_PROXY: "127.0.0.1",
        no_proxy: "127.0.0.1",
      }),
    );

  it.each(["json", "html"] as const)(
    "reads every file of a version, for any platform, from %s",
    async (served) => {
      form = served;
      const facts = await index().ask([
        { name: "num-py", version: "1.0" },
        { name: "num-py", version: "1.0.0.post1" },
        { name: "num-py", version: "2.0" },
        { name: "nobody", version: "1.0" },
      ]);
      expect(facts.state === "asked" && Object.fromEntries(facts.versions)).toEqual({
        "num-py==1.0": { state: "listed", hashes: ["1", "2", "3"].map((digit) => `sha256:${HEX(digit)}`) },
        "num-py==1.0.0.post1": { state: "listed", hashes: [`sha256:${HEX("4")}`] },
        "num-py==2.0": { state: "absent" },
        "nobody==1.0": { state: "absent" },
      });
      expect(asked).toContain("/simple/num-py/");
    },
  );

  it("claims nothing where the index does not answer", async () => {
    const gone = createPipIndex(
      createProcessRunner({
        ...process.env,
        PIP_CONFIG_FILE: "/dev/null",
        PIP_INDEX_URL: "http://127.0.0.1:9/simple",
        NO_PROXY: "127.0.0.1",
        no_proxy: "127.0.0.1",
      }),
    );
    expect(await gone.ask([{ name: "num-py", version: "1.0" }])).toMatchObject({ state: "not-asked" });
  });
});
