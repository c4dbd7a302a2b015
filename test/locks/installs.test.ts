import { describe, expect, it } from "vitest";
import { buildable } from "../../src/core/blueprint/buildable.ts";
import { parseBlueprint } from "../../src/core/blueprint/parse.ts";
import { parseDockerfile } from "../../src/core/dockerfile/parse.ts";
import { resolveDockerfile } from "../../src/core/dockerfile/resolve.ts";
import { buildGraph } from "../../src/core/graph/build-graph.ts";
import { findInstalls, type ImageInstalls } from "../../src/core/policy/locks/lock-uses.ts";
import { readPipInstalls } from "../../src/core/policy/locks/pip-installs.ts";
import { readShellCommands } from "../../src/core/policy/locks/shell-commands.ts";

const BLUEPRINT = `version: 1
fleet: f
registry: registry.example/f
roots: { python: { image: docker.io/library/python:3.11 } }
images:
  base: { dockerfile: base/Dockerfile }
  app: { dockerfile: app/Dockerfile, contexts: { shared: common } }
`;

/** What the image `app` installs; `base` is the other image's Dockerfile after its FROM. */
function installsOf(app: string, base = ""): ImageInstalls {
  const blueprint = parseBlueprint(BLUEPRINT, "lapstrake.yaml");
  const texts: Record<string, string> = { base: `FROM python:3.11\n${base}`, app };
  const images = buildable(blueprint).map((declared) => ({
    declared,
    dockerfile: resolveDockerfile(parseDockerfile(texts[declared.name] ?? "", declared.dockerfile), {
      args: {},
      platform: "linux/amd64",
      contexts: Object.keys(declared.contexts),
    }),
  }));
  const { graph } = buildGraph({ blueprint, images, hosts: [] });
  return findInstalls(graph).get("app") ?? { uses: [], unlocked: [] };
}

const placesOf = (app: string, base?: string): readonly string[] =>
  installsOf(app, base).uses.flatMap(({ places }) => places.map(({ folder, path }) => `${folder}:${path}`));

describe("which lock an image installs", () => {
  it.each([
    [
      "a bind mount",
      "FROM base\nRUN --mount=type=bind,source=req.lock,target=/mnt/x.lock pip install -r /mnt/x.lock\n",
      ["app:req.lock"],
    ],
    [
      "a bound folder",
      "FROM base\nRUN --mount=type=bind,target=/ctx pip install -r /ctx/deep/r.txt\n",
      ["app:deep/r.txt"],
    ],
    [
      "a copy under another name",
      "FROM base\nCOPY req.lock /tmp/x.txt\nRUN pip install -r /tmp/x.txt\n",
      ["app:req.lock"],
    ],
    [
      "a copy into a folder",
      "FROM base\nCOPY a.txt b.txt /tmp/\nRUN pip install -r /tmp/b.txt\n",
      ["app:b.txt", "app:a.txt/b.txt"],
    ],
    [
      "a whole context under the working directory",
      "FROM base\nWORKDIR /srv\nCOPY . .\nRUN pip install -rreq/prod.txt\n",
      ["app:req/prod.txt"],
    ],
    [
      "a wildcard",
      "FROM base\nCOPY requirements*.txt /tmp/\nRUN pip install -r /tmp/requirements-gpu.txt\n",
      ["app:requirements-gpu.txt"],
    ],
    [
      "a named context",
      "FROM base\nCOPY --from=shared r.lock /r.lock\nRUN pip install -r /r.lock\n",
      ["common:r.lock"],
    ],
    [
      "another stage",
      "FROM base AS locks\nCOPY r.lock /locks/\nFROM base\nCOPY --from=locks /locks/r.lock /x\nRUN pip install -r /x\n",
      ["app:r.lock"],
    ],
    [
      "the stage below",
      "FROM base AS one\nWORKDIR /w\nCOPY r.lock ./\nFROM one\nRUN pip install -r r.lock\n",
      ["app:r.lock"],
    ],
    [
      "cd",
      "FROM base\nCOPY r.lock /a/b/\nRUN cd /a && cd b; true\nRUN cd /a/b && pip install -r r.lock\n",
      ["app:r.lock"],
    ],
    ["the JSON form", 'FROM base\nCOPY r.lock /\nRUN ["pip", "install", "-r", "/r.lock"]\n', ["app:r.lock"]],
    [
      "a JSON form that is a shell",
      'FROM base\nCOPY r.lock /\nRUN ["bash", "-ec", "set -x; pip install -r /r.lock"]\n',
      ["app:r.lock"],
    ],
    [
      "a heredoc",
      "FROM base\nCOPY r.lock /\nRUN <<EOF\nset -e\npip install -r /r.lock\nEOF\n",
      ["app:r.lock"],
    ],
  ])("through %s", (_how, dockerfile, places) => {
    expect(placesOf(dockerfile)).toEqual(places);
  });

  it("is the nearest copy first, and may have come with the image below", () => {
    expect(placesOf("FROM base\nRUN pip install -r /r.lock\n", "COPY own.lock /r.lock\n")).toEqual([
      "base:own.lock",
    ]);
    expect(placesOf("FROM base\nCOPY a /r\nCOPY b /r\nRUN pip install -r /r\n")).toEqual(["app:b", "app:a"]);
  });

  it("is not told where the shell decides", () => {
    expect(
      installsOf("FROM base\nRUN pip install -r $FILE -r /a*.txt\n").uses.map(({ places }) => places),
    ).toEqual([[], []]);
  });

  it("knows environment and interpreter of the command", () => {
    const { uses } = installsOf(
      "FROM base\nRUN /tmp/pip/bin/pip --python /opt/venv/bin/python install -r /a && python3.12 -m pip install -r /b && /v/bin/pip3.10 install -r /c\n",
    );
    expect(uses.map(({ environment, python }) => [environment, python])).toEqual([
      ["/opt/venv", undefined],
      [undefined, "3.12"],
      ["/v", "3.10"],
    ]);
  });
});

describe("calls of pip in a shell", () => {
  const files = (shell: string): readonly string[] =>
    readPipInstalls(shell).flatMap((each) => each.files.map(({ text }) => text));

  it.each([
    ["pip install -r a.txt", ["a.txt"]],
    ["PIP_CERT=/x pip3 install --no-cache-dir --requirement=a.txt -c c.txt", ["a.txt"]],
    ["if true; then python -m pip install -r 'a b.txt'; fi", ["a b.txt"]],
    ["uv pip install --system -r a.txt && uv pip sync b.txt", ["a.txt", "b.txt"]],
    ["pip-sync a.txt b.txt", ["a.txt", "b.txt"]],
    ["pip wheel -w /w -r a.txt; pip download -d /d -r b.txt", ["a.txt", "b.txt"]],
    ["pip install -r a.txt > /dev/null 2>&1", ["a.txt"]],
    ["echo pip; pip list; pip freeze -r a.txt; # pip install -r b.txt", []],
    ["pipx install x; mypip install -r a.txt", []],
  ])("%s", (shell, expected) => {
    expect(files(shell)).toEqual(expected);
  });

  it.each([
    ["pip install flask==2.0", ["flask==2.0"]],
    ["pip install --upgrade pip setuptools", ["pip", "setuptools"]],
    ["pip install --no-index --find-links /w flask", []],
    ["pip install . ./pkg /wheels/a.whl ../b.tar.gz", []],
    ["pip install -e git+https://x.test/a", ["git+https://x.test/a"]],
  ])("%s takes from the index: %o", (shell, expected) => {
    expect(installsOf(`FROM base\nRUN ${shell}\n`).unlocked.map(({ what }) => what)).toEqual(expected);
  });
});

describe("shell words", () => {
  it("lose quotes and escapes, and say where the shell would put something else", () => {
    expect(readShellCommands(`a "b c" 'd$e' f\\ g \\\n "h$i" $(j) ; k|l`)).toEqual([
      [
        { text: "a", known: true },
        { text: "b c", known: true },
        { text: "d$e", known: true },
        { text: "f g", known: true },
        { text: "h$i", known: false },
        { text: "$", known: false },
      ],
      [{ text: "j", known: true }],
      [{ text: "k", known: true }],
      [{ text: "l", known: true }],
    ]);
  });

  it("end for hostile text", () => {
    const started = performance.now();
    for (const text of ["'", '"', "\\", "$(", "#"]) readShellCommands(text.repeat(300_000));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
