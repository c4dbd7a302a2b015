import { describe, expect, test } from "vitest";
import { chainOf } from "../../../src/core/policy/audit/reason.ts";
import { program } from "../../kit/elf-facts.ts";
import type { Made } from "./audited.ts";
import { audit, missing, SERVICE } from "./service.ts";

describe("what a container lacks by how it is started", () => {
  test("is what a text on the command line imports, where it is started", () => {
    const made = (code: string, more: readonly string[] = []): Made => ({
      ...SERVICE,
      config: { Entrypoint: ["python", ...more, "-c", code] },
      files: { "app/beside.py": "" },
    });
    expect(missing(audit(made("import gone")))).toEqual(["module gone"]);
    expect(missing(audit(made("import beside")))).toEqual([]);
    expect(missing(audit(made("import beside", ["-I"])))).toEqual(["module beside"]);
    expect(audit(made("import (")).mismatches.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      "source-error <string>:1",
    ]);
    const reason = audit(made("import gone")).missing.find(({ name }) => name === "gone")?.reason;
    expect(reason && chainOf(reason).map(({ name, at }) => [name, at])).toEqual([
      ["python -c import gone", undefined],
      ["<string>", undefined],
      ["gone", "<string>:1"],
    ]);
  });

  test("is what a health check's text imports, which says nothing of what else is used", () => {
    const Healthcheck = { Test: ["CMD-SHELL", "python -c 'import gone'"] };
    const config = { Entrypoint: ["/bin/other"], Healthcheck };
    const elf = { ...SERVICE.elf, "bin/sh": program(), "bin/other": program() };
    const found = audit({ ...SERVICE, elf, config });
    expect(missing(found)).toEqual(["module gone"]);
    expect(found.distributions.map(({ use }) => use)).toEqual(["imported"]);
  });

  test.each([
    ["-I", ["module beside"]],
    ["-P", ["module beside"]],
    ["-u", []],
    ["-E", []],
  ])("is a neighbour of a script that is started with %s", (option, expected) => {
    const config = { Entrypoint: ["python", option, "main.py"] };
    const files = { "app/main.py": "import beside\n", "app/beside.py": "" };
    expect(missing(audit({ ...SERVICE, config, files }))).toEqual(expected);
  });

  test("is a module that only PYTHONPATH leads to, where nobody listens to it", () => {
    const made = (option: string): Made => ({
      ...SERVICE,
      config: {
        Entrypoint: ["python", option, "main.py"],
        Env: ["PATH=/opt/venv/bin:/usr/bin", "PYTHONPATH=/opt/more"],
      },
      files: { "app/main.py": "import far\n", "opt/more/far.py": "" },
    });
    expect(missing(audit(made("-u")))).toEqual([]);
    expect(missing(audit(made("-E")))).toEqual(["module far"]);
  });

  test.each<[string, string, readonly string[]]>([
    ["what it execs", "cd /app; exec python -m srv", ["module gone"]],
    ["where it goes", "cd /srv && exec python main.py", ["module far"]],
    ["where it lies", 'cd "$(dirname "$0")"\nexec python -m srv', ["module gone"]],
    ["a text", "exec python -c 'import gone'", ["module gone"]],
    ["its last command", "mkdir -p /x\npython -m srv", ["module gone"]],
    ["a failure that ends it", "set -e\npython -m srv\npython -m other", ["module gone"]],
    ["a failure that is borne", "python -m srv\nexec python -m other", []],
    ["a failure that is looked at", "set -e\npython -m srv || true\npython -m other", []],
    ["a test", 'if [ "$X" ]; then\n  exec python -m srv\nfi\nexec python -m other', []],
    ["a case", "case $1 in\n  a) exec python -m srv;;\nesac\nexec python -m other", []],
    ["a function", "f() {\n  python -m srv\n}\nset -e\npython -m other", []],
    ["what installs before", "pip install gone\nexec python -m srv", []],
    ["variables of its own", "export PYTHONPATH=/y\nexec python -m srv", []],
    ["a venv", ". /v/bin/activate\nexec python -m srv", []],
    ["text for another", "cat > /x <<EOF\npython -m srv\nEOF\nexec python -m other", []],
    ["a text in place", "set -e\nread x <<< python\nexec python -m srv", ["module gone"]],
    ["what is behind an exec", "exec python -m other\npython -m srv", []],
    ["its arguments", 'exec "$@"', ["module gone"]],
    ["arguments that are moved", 'shift\nexec "$@"', []],
    ["another script", "exec /app/e2.sh", ["module gone"]],
    ["itself", "exec /app/e.sh", []],
    ["what it lacks", "exec python none.py", ["program none.py"]],
    ["what a test may ask for", "[ -f none.py ] && python none.py", []],
  ])("is what an entry script starts: %s", (_, text, expected) => {
    const files = {
      "app/e.sh": `#!/bin/sh\n${text}\n`,
      "app/e2.sh": "#!/bin/sh\nexec python -m srv\n",
      "app/srv.py": "import gone\n",
      "app/other.py": "",
      "srv/main.py": "import far\n",
    };
    const elf = { ...SERVICE.elf, "bin/sh": program() };
    for (const start of [["/app/e.sh"], ["sh", "/app/e.sh"]]) {
      const config = {
        Entrypoint: start,
        Cmd: ["python", "-m", "srv"],
        Env: ["PATH=/opt/venv/bin:/usr/bin:/bin"],
      };
      const made = { ...SERVICE, elf, config, files, wheels: [] };
      expect(missing(audit(made))).toEqual(expected);
    }
  });

  test.each([
    ["#!/bin/sh\r\n", "program /bin/sh\r"],
    ["#!/usr/bin/env python\r\n", "program python\r"],
  ])("is an interpreter whose name ends in a carriage return: %j", (line, expected) => {
    const elf = { ...SERVICE.elf, "bin/sh": program(), "usr/bin/env": program() };
    const made = {
      ...SERVICE,
      elf,
      config: { Entrypoint: ["/app/e"] },
      files: { "app/e": `${line}x = 1\r\n` },
    };
    expect(missing(audit(made))).toEqual([expected]);
  });
});
