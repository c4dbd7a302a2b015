import { describe, expect, it } from "vitest";
import type { BuildEvent } from "../../src/core/base/build-event.ts";
import { cleanLine, LogLines } from "../../src/edge/builder/log-lines.ts";
import { ProgressReader } from "../../src/edge/builder/progress.ts";
import { parseStepName } from "../../src/edge/builder/step-name.ts";
import { readRecording } from "./recording.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

function readerOf(): { reader: ProgressReader; events: BuildEvent[] } {
  const events: BuildEvent[] = [];
  return { reader: new ProgressReader("img", (event) => events.push(event)), events };
}

describe("the progress of a real build", () => {
  it("tells each instruction's start and end once, with its output between", () => {
    const { events, summary } = readRecording("ok");
    const run = events.filter((event) => "step" in event && event.step.startsWith("[2/4] RUN"));
    expect(run.map((event) => event.type)).toEqual(["step-started", "log", "log", "step-done"]);
    expect(run.flatMap((event) => (event.type === "log" ? [[event.stream, event.line]] : []))).toEqual([
      ["stdout", "one"],
      ["stderr", "two"],
    ]);
    expect(summary).toMatchObject({ begun: true, defined: true, open: false, failed: [] });
    expect(summary.steps).toEqual({ total: 4, cached: 0 });
  });

  it("counts what came from the cache", () => {
    expect(readRecording("cached").summary.steps).toEqual({ total: 4, cached: 4 });
  });

  it("ends every step that it started, and gives its kind", () => {
    const { events } = readRecording("ok");
    const started = events.filter((event) => event.type === "step-started");
    const ended = events.filter((event) => event.type === "step-done");
    expect(new Set(started.map((event) => event.id))).toEqual(new Set(ended.map((event) => event.id)));
    expect(started.find((event) => event.step === "exporting to image")?.kind).toBe("export");
  });

  it("takes a cache that could not be written as a warning, one that is not there as nothing", () => {
    const { events, summary } = readRecording("cachefrom");
    expect(summary.failed).toEqual([]);
    expect(summary.warnings.map((warning) => warning.message)).toEqual([
      expect.stringContaining("error writing layer blob"),
    ]);
    expect(events.filter((event) => event.type === "warning").length).toBe(1);
  });

  it("gives the builder's findings with their line", () => {
    expect(readRecording("badarg").summary.warnings).toMatchObject([
      { message: expect.stringContaining("InvalidDefaultArgInFrom"), line: 2 },
    ]);
  });

  it("tells the bytes of a context", () => {
    const { events } = readRecording("ok");
    const most = Math.max(...events.flatMap((event) => (event.type === "transfer" ? [event.current] : [])));
    expect(most).toBe(687_027);
  });
});

describe("progress that nobody promised", () => {
  it("lets lines pass that are no progress, and keeps those that a person can read", () => {
    const { reader, events } = readerOf();
    for (const line of [
      "",
      "null",
      "[]",
      '{"vertexes":[{"digest":5}]}',
      '{"vertexes":[{"dig',
      "time=x level=warning",
    ]) {
      reader.line(line);
    }
    expect(events).toEqual([]);
    expect(reader.summary().messages).toEqual(["null", "[]", "time=x level=warning"]);
  });

  it("keeps no more than a tail of a step's output, of messages and of warnings", () => {
    const { reader } = readerOf();
    const vertex = { digest: "v", name: "[1/1] RUN x", started: "2026-01-01T00:00:00Z" };
    reader.line(JSON.stringify({ vertexes: [vertex] }));
    for (let i = 0; i < 5000; i++) {
      reader.line(JSON.stringify({ logs: [{ vertex: "v", stream: 1, data: base64(`line ${i}\n`) }] }));
      reader.line(`message ${i}`);
      reader.line(JSON.stringify({ warnings: [{ short: base64("w") }] }));
    }
    const completed = "2026-01-01T00:00:02Z";
    reader.line(JSON.stringify({ vertexes: [{ ...vertex, completed, error: "boom" }] }));
    const { failed, messages, warnings } = reader.summary();
    expect(failed[0]?.logTail.length).toBe(60);
    expect(failed[0]?.logTail.at(-1)).toBe("line 4999");
    expect([messages.length, warnings.length]).toEqual([100, 200]);
  });

  it("holds no more steps than a build can have", () => {
    const { reader, events } = readerOf();
    for (let i = 0; i < 12_000; i++) {
      reader.line(
        JSON.stringify({ vertexes: [{ digest: `v${i}`, name: "n", started: "2026-01-01T00:00:00Z" }] }),
      );
    }
    expect(events.length).toBe(10_000);
  });
});

describe("lines out of chunks", () => {
  it("joins lines and characters that are split between chunks", () => {
    const lines = new LogLines();
    const bytes = Buffer.from("grün\nrest");
    const got = [lines.push(bytes.subarray(0, 3)), lines.push(bytes.subarray(3)), lines.end()];
    expect(got.flat()).toEqual(["grün", "rest"]);
  });

  it("cuts a line that never ends", () => {
    const lines = new LogLines();
    const got = Array.from({ length: 20 }, () => lines.push(Buffer.alloc(1000, 97))).flat();
    expect(got.length).toBeGreaterThan(0);
    expect(Math.max(...got.map((line) => line.length))).toBe(2001);
  });

  it("lets no escape sequence through: a build must not draw on our terminal", () => {
    expect(cleanLine("\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u001b[2J\u009b1mz")).toBe("red x1mz");
    expect(cleanLine("10%\r50%\r100%\r")).toBe("100%");
  });
});

describe("what a step's name says", () => {
  it.each([
    ["[2/4] RUN pip install x", { kind: "run", instruction: "RUN" }],
    ["[linux/arm64 build 2/4] COPY a b", { kind: "run", instruction: "COPY" }],
    ["[1/2] FROM docker.io/library/x@sha256:00", { kind: "load", source: true }],
    ["[context base] 127.0.0.1:5000/a:b", { kind: "load", source: true }],
    ["[context base] load metadata for a:b", { kind: "load", source: true }],
    ["[context other] load from client", { kind: "load" }],
    ["[internal] load metadata for a:b", { kind: "load", source: true }],
    ["[internal] load build definition from Dockerfile", { kind: "load", definition: true }],
    ["[internal] load build context", { kind: "load" }],
    ["exporting to image", { kind: "export" }],
    ["exporting cache to registry", { kind: "cache" }],
    ["importing cache manifest from a:b", { kind: "cache" }],
  ])("%s", (name, expected) => {
    expect(parseStepName(name)).toEqual(expected);
  });
});
