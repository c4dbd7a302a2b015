import { describe, expect, it, vi } from "vitest";
import { createLiveScreen, type LiveScreen } from "../../src/views/render/live-screen.ts";
import type { ProgressMode } from "../../src/views/render/progress.ts";
import { chooseProgressMode, createProgress } from "../../src/views/render/progress.ts";
import { fit, formatBytes, formatMs } from "../../src/views/render/progress-text.ts";
import { FakeTerminal } from "./fake-terminal.ts";
import { digest, FAILURE, RUN } from "./run-events.ts";

function show(mode: ProgressMode): FakeTerminal {
  const out = new FakeTerminal(70, 12);
  let now = 0;
  const progress = createProgress({ mode, out, colour: false, clock: () => now });
  for (const event of [...RUN, ...FAILURE]) {
    progress.onEvent(event);
    now += 1000;
  }
  progress.close();
  return out;
}

describe("progress without a terminal", () => {
  it("is one line a change, without escapes, and the failures once", () => {
    const { written } = show("plain");
    expect(written).toBe(
      `  0.0s  4 images
  1.0s  base-python: reused ${digest.slice(7, 19)}
  2.0s  base-utils: building
  3.0s  base-utils: [2/4] RUN make
  5.0s  base-utils: pushing
  7.0s  base-utils: failed: process "make" did not complete successfully: exit code: 2
  8.0s  family-web: blocked by base-utils
  9.0s  service-a: blocked by base-utils
   10s  finished

✗ base-utils failed: step-failed
  docker/base-utils/Dockerfile:7: RUN make
    | cc -c a.c
    | a.c:1: error: no
  process "make" did not complete successfully: exit code: 2

⊘ blocked by base-utils: family-web, service-a
`,
    );
  });

  it("as json is every event, one a line", () => {
    const lines = show("json").written.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      [...RUN, ...FAILURE].map((event, index) => ({
        at: index * 1000,
        ...JSON.parse(JSON.stringify(event)),
      })),
    );
  });

  it("as none is the failures only", () => {
    expect(show("none").written).toMatch(/^\n✗ base-utils failed/);
  });
});

describe("progress on a terminal", () => {
  it("leaves the last tree and the failures, the cursor shown", () => {
    const out = show("live");
    expect(out.text()).toBe(
      `= base-python    reused  ${digest.slice(7, 19)}
✗ base-utils     failed: process "make" did not complete succes… 5.0s
⊘   family-web   blocked by base-utils
⊘     service-a  blocked by base-utils
4/4  1 failed, 2 blocked, 1 reused  10s

✗ base-utils failed: step-failed
  docker/base-utils/Dockerfile:7: RUN make
    | cc -c a.c
    | a.c:1: error: no
  process "make" did not complete successfully: exit code: 2

⊘ blocked by base-utils: family-web, service-a`,
    );
    expect(out.cursorShown).toBe(true);
  });
});

describe("the live screen", () => {
  function screenOf(out: FakeTerminal, frame: () => string[]): { screen: LiveScreen; exit: () => void } {
    let exit = (): void => {};
    const onExit = (restore: () => void): (() => void) => {
      exit = restore;
      return () => {};
    };
    return { screen: createLiveScreen({ out, draw: frame, interval: 100, onExit }), exit: () => exit() };
  }

  it("draws at most once an interval, in place, and once a second when nothing changes", () => {
    vi.useFakeTimers();
    try {
      const out = new FakeTerminal(40, 10);
      let draws = 0;
      const { screen } = screenOf(out, () => [`frame ${++draws}`, "second line"]);
      for (let i = 0; i < 1000; i++) screen.touch();
      vi.advanceTimersByTime(100);
      expect(draws).toBe(1);
      screen.touch();
      vi.advanceTimersByTime(100);
      expect(out.text()).toBe("frame 2\nsecond line");
      vi.advanceTimersByTime(1000);
      expect(out.text()).toBe("frame 3\nsecond line");
      screen.print(["stays"]);
      expect(out.text()).toBe("stays\nframe 4\nsecond line");
      screen.close();
      expect(out.text()).toBe("stays");
      vi.advanceTimersByTime(5000);
      expect(draws).toBe(4);
    } finally {
      vi.useRealTimers();
    }
  });

  it("clears a taller frame when the next is shorter", () => {
    vi.useFakeTimers();
    try {
      const out = new FakeTerminal(40, 10);
      let frame = ["a", "b", "c"];
      const { screen } = screenOf(out, () => frame);
      vi.advanceTimersByTime(100);
      frame = ["z"];
      screen.touch();
      vi.advanceTimersByTime(100);
      expect(out.text()).toBe("z");
      screen.close(["end"]);
      expect(out.text()).toBe("end");
    } finally {
      vi.useRealTimers();
    }
  });

  it("gives the cursor back when the program ends without closing it", () => {
    const out = new FakeTerminal(40, 10);
    const { screen, exit } = screenOf(out, () => []);
    expect(out.cursorShown).toBe(false);
    exit();
    expect(out.cursorShown).toBe(true);
    screen.close();
  });
});

describe("choosing the manner", () => {
  it.each([
    ["auto", true, false, "live"],
    ["auto", false, false, "plain"],
    ["auto", true, true, "none"],
    ["json", true, true, "json"],
    ["plain", true, false, "plain"],
  ] as const)("--progress %s, terminal %s, quiet %s: %s", (flag, terminal, quiet, mode) => {
    expect(chooseProgressMode(flag, { terminal, quiet })).toBe(mode);
  });
});

describe("text for people", () => {
  it("counts bytes and time", () => {
    expect([0, 999, 1000, 12_345, 999_999, 5.5e9].map(formatBytes)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "12.3 kB",
      "1.0 MB",
      "5.5 GB",
    ]);
    expect([0, 9_949, 9_960, 59_400, 59_600, 3_599_000, 3_720_000].map(formatMs)).toEqual([
      "0.0s",
      "9.9s",
      "10s",
      "59s",
      "1m00s",
      "59m59s",
      "1h02m",
    ]);
  });

  it("cuts by columns, not by characters", () => {
    expect(fit("漢字漢字", 5)).toBe("漢字…");
    expect(fit("漢字漢字", 8)).toBe("漢字漢字");
    expect(fit("abcdef", 0)).toBe("");
  });
});
