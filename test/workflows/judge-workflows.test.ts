import { describe, expect, test } from "vitest";
import { judgeFixture, judgeText, shown } from "./judged.ts";

const SAID = "on: push\npermissions: {}\njobs:\n  j:\n    runs-on: ubuntu-24.04\n";
const step = (text: string) => `${SAID}    steps:\n${text}`;
/** The findings of a rule, as the text of a workflow with this one step has them. */
const of = (rule: string, text: string, has: readonly string[] = []) =>
  judgeText(step(text), has).filter((finding) => finding.rule === rule);

describe("workflows as fleets grow them", () => {
  test("the one that builds the top of the repository, scans afterwards, and deploys by an echo", () => {
    expect(shown(judgeFixture("old-docker-build.yml"))).toEqual([
      "permissions-missing error 8:3",
      "matrix-unused error 12:9",
      "action-unpinned error 15:15",
      "action-unpinned error 16:15",
      "action-unpinned error 18:15",
      "tag-scheme error 21:17",
      "tag-scheme error 21:17",
      "tag-scheme error 21:17",
      "root-dockerfile-missing error 28:20",
      "scan-after-push error 32:9",
      "action-unpinned error 33:15",
      "exit-code-ignored error 33:15",
      "script-injection error 40:26",
      "exit-code-ignored error 41:59",
      "exit-code-ignored warning 42:28",
      "exit-code-ignored error 44:28",
      "script-injection warning 45:30",
    ]);
  });

  test("with a Dockerfile at the top, that one finding is gone", () => {
    const rules = judgeFixture("old-docker-build.yml", ["Dockerfile"]).map(({ rule }) => rule);
    expect(rules).not.toContain("root-dockerfile-missing");
    expect(rules).toHaveLength(16);
  });

  test("two files behind each other: where the second begins, and both are judged", () => {
    expect(shown(judgeFixture("concatenated.yml"))).toEqual([
      "build-file-missing error 8:14",
      "workflow-concatenated error 9:1",
      "permissions-missing error 12:3",
      "build-file-missing error 15:14",
      "tag-scheme error 15:30",
    ]);
    expect(shown(judgeFixture("two-documents.yml"))).toEqual([
      "workflow-concatenated error 10:1",
      "permissions-missing error 14:3",
      "action-unpinned error 17:15",
    ]);
  });

  test("scripts, scanners and workflows of others", () => {
    expect(shown(judgeFixture("scripts.yml"))).toEqual([
      "permissions-missing error 3:14",
      "script-injection error 12:19",
      "build-file-missing error 14:11",
      "scan-after-push error 24:9",
      "exit-code-ignored error 26:11",
      "exit-code-ignored error 28:11",
      "action-unpinned error 30:11",
    ]);
  });
});

describe("each rule by itself", () => {
  test.each([
    ["a branch", "actions/checkout@main", "from the branch main"],
    ["a tag", "actions/checkout@v4.2.2", "by the tag v4.2.2"],
    ["a short commit", "actions/checkout@0123abc", "by the short commit 0123abc"],
    ["nothing", "actions/checkout", "at whatever stands there"],
    ["a tag of an image", "docker://alpine:3", "by a tag"],
  ])("an action at %s is unpinned", (_what, uses, said) => {
    const [finding, ...more] = of("action-unpinned", `      - uses: ${uses}\n`);
    expect(finding?.message).toContain(said);
    expect(more).toEqual([]);
  });

  test.each([
    ["a commit", "actions/checkout@df4cb1c069e1874edd31b4311f1884172cec0e10"],
    ["a digest", `docker://alpine@sha256:${"0".repeat(64)}`],
    ["this repository", "./.github/actions/own"],
  ])("an action at %s is pinned", (_what, uses) => {
    expect(of("action-unpinned", `      - uses: ${uses}\n`)).toEqual([]);
  });

  test.each([
    ["ghcr.io/a/b:latest", "is the tag latest"],
    ["ghcr.io/a/b", "is the tag latest"],
    ["ghcr.io/a/b:v1", "is outside the scheme"],
    ["localhost:5000/a/b:20260304", "is outside the scheme"],
    ["ghcr.io/a/b:${{ github.ref_name }}", "is named for a branch"],
  ])("the tag %s is refused", (tag, said) => {
    const messages = of("tag-scheme", `      - run: docker build -t '${tag}' .\n`, ["Dockerfile"]).map(
      ({ message }) => message,
    );
    // In a script an expression is unknown; as an input it is read.
    const input = of(
      "tag-scheme",
      `      - uses: docker/build-push-action@v6\n        with: { tags: "${tag}" }\n`,
    ).map(({ message }) => message);
    expect([...messages, ...input].every((message) => message.includes(said))).toBe(true);
    expect(input).toHaveLength(1);
    expect(messages).toHaveLength(tag.includes("$") ? 0 : 1);
  });

  test.each(["20260304-0123abc", "stable", "in-" + "0".repeat(64), "$TAG", "${{ steps.x.outputs.tag }}"])(
    "the tag %s is not",
    (tag) => {
      expect(of("tag-scheme", `      - run: docker push ghcr.io/a/b:${tag}\n`)).toEqual([]);
    },
  );

  test("a build of a folder, of a named file, of a URL, and where the script went elsewhere", () => {
    const build = (command: string, has: readonly string[] = []) =>
      judgeText(step(`      - run: |\n          ${command}\n`), has)
        .filter(({ rule }) => rule.endsWith("-missing"))
        .map(({ message }) => message);
    expect(build("docker build api")).toEqual([
      "it builds by api/Dockerfile, which the repository does not have",
    ]);
    expect(build("docker build api", ["api/Dockerfile"])).toEqual([]);
    expect(build("docker build -f api/other.Dockerfile .")).toEqual([
      "it builds by api/other.Dockerfile, which the repository does not have",
    ]);
    expect(build("docker build https://example.org/a.git")).toEqual([]);
    expect(build("cd api && docker build .")).toEqual([]);
    expect(build('docker build "$WHERE"')).toEqual([]);
    expect(build("docker build -f $FILE .")).toEqual([]);
  });

  test("an empty exit code of a scanner, and one that fails", () => {
    const trivy = (inputs: string) =>
      of("exit-code-ignored", `      - uses: aquasecurity/trivy-action@x\n        with: { ${inputs} }\n`);
    expect(shown(trivy("image-ref: a"))).toEqual(["exit-code-ignored error 7:15"]);
    expect(shown(trivy("exit-code: '0'"))).toEqual(["exit-code-ignored error 8:28"]);
    expect(shown(trivy("exit-code: 0"))).toEqual(["exit-code-ignored error 8:28"]);
    expect(trivy("exit-code: '1'")).toEqual([]);
    expect(of("exit-code-ignored", "      - run: trivy --version\n")).toEqual([]);
    expect(of("exit-code-ignored", "      - run: trivy image --exit-code=1 a:b\n")).toEqual([]);
  });

  test("a value of a matrix that is read somewhere, or handed on as a whole, is of use", () => {
    const job = (matrix: string, run: string) =>
      judgeText(`${SAID}    strategy: { matrix: ${matrix} }\n    steps:\n      - run: ${run}\n`).filter(
        ({ rule }) => rule === "matrix-unused",
      );
    expect(job("{ a: [1], b: [2] }", "make ${{ matrix.a }}")).toHaveLength(1);
    expect(job("{ a: [1], b: [2] }", "make ${{ matrix['b'] }} ${{ matrix.a }}")).toEqual([]);
    expect(job("{ include: [{ a: 1 }, { a: 2, c: 3 }] }", "make ${{ matrix.a }}")).toHaveLength(1);
    expect(job("{ a: [1] }", "make ${{ toJSON(matrix) }}")).toEqual([]);
    // What comes at run time has no keys that could be judged.
    expect(job("{ include: '${{ fromJSON(needs.p.outputs.m) }}' }", "make")).toEqual([]);
  });

  test("a token is found, whatever stands around it, and never repeated", () => {
    // Put together here, so that no tool takes this file for a leak.
    const token = `ghp_${"a1B2".repeat(9)}`;
    const [finding, ...more] = judgeText(`${step("      - run: true\n")}# ${token}\n`);
    expect(finding).toMatchObject({ rule: "secret-leaked", level: "error", at: { line: 8 } });
    expect(JSON.stringify(finding)).not.toContain(token);
    expect(more).toEqual([]);
  });

  test("a script is not flagged for what only the server decides", () => {
    expect(of("script-injection", "      - run: echo ${{ runner.os }} ${{ github.sha }}\n")).toEqual([]);
    const [finding] = of("script-injection", "      - run: echo ${{ inputs.name }}\n");
    expect(finding).toMatchObject({ level: "error", at: { line: 7, column: 19 } });
  });

  test("a scan in the same job before the push is as it should be", () => {
    const steps =
      "      - run: trivy image --exit-code 1 a\n      - run: docker push ghcr.io/a/b:20260304-0123abc\n";
    expect(judgeText(step(steps))).toEqual([]);
  });
});
