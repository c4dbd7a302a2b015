import { describe, expect, it } from "vitest";
import {
  type CommandTargets,
  commandTargets,
  shellTargets,
} from "../../src/core/audit/python/command-targets.ts";

const NOTHING = { modules: [], files: [], programs: [], code: [], scripts: [], open: [], isolation: {} };
const words = (line: string) => commandTargets(line.split(" "));
const module = (name: string, attribute?: string) =>
  attribute === undefined ? { module: name } : { module: name, attribute };

/** By `-m`. */
const run = (name: string) => ({ module: name, isRun: true as const });

describe("targets of a command", () => {
  it.each<[string, Partial<CommandTargets>]>([
    ["python app.py --port 1", { programs: ["python"], files: ["app.py"] }],
    [
      "/usr/bin/python3.11 -u -m pkg.main x",
      { programs: ["/usr/bin/python3.11"], modules: [run("pkg.main")] },
    ],
    ["python -X dev -W ignore -um pkg", { programs: ["python"], modules: [run("pkg")] }],
    ["python -", { programs: ["python"] }],
    [
      "uvicorn pkg.mod:app --host 0.0.0.0 --port 80",
      { programs: ["uvicorn"], modules: [module("pkg.mod", "app")] },
    ],
    ["uvicorn --host 0.0.0.0 --reload main:app", { programs: ["uvicorn"], modules: [module("main", "app")] }],
    [
      "python -m uvicorn pkg:create() --factory",
      { programs: ["python"], modules: [run("uvicorn"), module("pkg", "create")] },
    ],
    [
      "gunicorn -w 4 -k uvicorn.workers.UvicornWorker -c conf.py pkg.wsgi:application",
      {
        programs: ["gunicorn"],
        modules: [module("pkg.wsgi", "application"), module("uvicorn.workers", "UvicornWorker")],
        files: ["conf.py"],
      },
    ],
    ["gunicorn --worker-class=gevent -b :80 app", { programs: ["gunicorn"], modules: [module("app")] }],
    ["celery -A proj.celery worker -l info", { programs: ["celery"], modules: [module("proj.celery")] }],
    ["celery --app=proj:app beat", { programs: ["celery"], modules: [module("proj", "app")] }],
    ["flask --app hello run", { programs: ["flask"], modules: [module("hello")] }],
    ["uwsgi --http :80 --module wsgi:app", { programs: ["uwsgi"], modules: [module("wsgi", "app")] }],
    ["streamlit run ui.py", { programs: ["streamlit"], files: ["ui.py"] }],
    ["torchrun --nproc-per-node 2 train.py", { programs: ["torchrun"], files: ["train.py"] }],
    ["torchrun -m pkg.train", { programs: ["torchrun"], modules: [module("pkg.train")] }],
    ["tini -g -- gosu app:app timeout -k 5 10 my-tool", { programs: ["tini", "gosu", "timeout", "my-tool"] }],
    ["env A=1 -u B nice -n 5 python x.py", { programs: ["env", "nice", "python"], files: ["x.py"] }],
    ["ddtrace-run uvicorn a:b", { programs: ["ddtrace-run", "uvicorn"], modules: [module("a", "b")] }],
    ["poetry run python -m a", { programs: ["poetry", "python"], modules: [run("a")] }],
    ["uv run --with x pytest", { programs: ["uv", "pytest"] }],
    ["./manage.py runserver", { programs: ["./manage.py"], files: ["./manage.py"] }],
    ["python -m pdb -c continue x.py", { programs: ["python"], modules: [run("pdb")], files: ["x.py"] }],
    ["uvicorn $APP", { programs: ["uvicorn"], open: ["$APP"] }],
  ])("%s", (line, expected) => {
    expect(words(line)).toEqual({ ...NOTHING, ...expected });
  });

  it("looks into shells", () => {
    expect(commandTargets(["/bin/sh", "-ec", "cd /x && exec python -m a.b 2>&1 | tee log"])).toEqual({
      ...NOTHING,
      programs: ["/bin/sh", "python", "tee"],
      modules: [{ ...run("a.b"), folder: "/x" }],
    });
    expect(shellTargets("A=1 if true; then uvicorn 'a:b' --port \"$PORT\"; fi # python c.py")).toEqual({
      ...NOTHING,
      programs: ["uvicorn"],
      modules: [module("a", "b")],
    });
    expect(shellTargets("python -c 'import x; x.y()' > out")).toEqual({
      ...NOTHING,
      programs: ["python"],
      code: [{ text: "import x; x.y()" }],
    });
    expect(shellTargets("cd /x; python -c 'import y'").code).toEqual([{ text: "import y", folder: "/x" }]);
    expect(shellTargets('python -c "import $X"')).toMatchObject({ code: [], open: ["import $X"] });
    expect(commandTargets(["python", "-c", "x = '$1'"]).code).toEqual([{ text: "x = '$1'" }]);
    expect(shellTargets("$RUN x")).toEqual({ ...NOTHING, open: ["$RUN"] });
  });

  it.each<[string, readonly string[]]>([
    ["sh e.sh -c x", ["e.sh"]],
    ["bash -eo pipefail /e.sh", ["/e.sh"]],
    ["busybox sh /e.sh", ["/e.sh"]],
    ["sh -c ./x", []],
    ["sh -s x", []],
    ["bash -o pipefail -c ./x", []],
  ])("gives the script that a shell reads: %s", (line, scripts) => {
    expect(words(line).scripts).toEqual(scripts);
  });

  it.each<[string, CommandTargets["isolation"]]>([
    ["python -I main.py", { noFolder: true, noVariables: true }],
    ["python -uP -m x", { noFolder: true }],
    ["python -W ignore -E -c x", { noVariables: true }],
    ["python x.py -I", {}],
  ])("gives what an interpreter leaves out of its path: %s", (line, isolation) => {
    expect(words(line).isolation).toEqual(isolation);
    expect(shellTargets(`${line}; python y.py`).isolation).toEqual({});
  });

  it("ends on nothing and on shells without end", () => {
    expect(commandTargets([])).toEqual(NOTHING);
    let line = "x";
    for (let depth = 0; depth < 14; depth++)
      line = `sh -c '${line.replaceAll("'", "'\\''").slice(0, 100_000)}'`;
    expect(shellTargets(line).programs.length).toBeLessThan(20);
  });
});
