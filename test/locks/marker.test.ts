import { describe, expect, it } from "vitest";
import { evaluateMarker } from "../../src/core/policy/locks/marker.ts";
import { isAtLeast, machineOf, parsePythonPlatform } from "../../src/core/policy/locks/platform.ts";

const evaluate = (marker: string) => evaluateMarker(marker, { pythonVersion: "3.11", machine: "x86_64" });

describe("a marker in an image of Python 3.11 on x86_64", () => {
  it.each([
    ["python_version >= '3.9'", true],
    ["python_version < '3.10'", false],
    // As versions, not as text.
    ["python_version > '3.2'", true],
    ["python_version in '3.10 3.11'", true],
    ["sys_platform == 'win32'", false],
    ["sys_platform == 'never'", false],
    ["platform_machine != 'aarch64' and os_name == \"posix\"", true],
    ["os_name == 'nt' or (python_version == '3.11' and implementation_name == 'cpython')", true],
    ["platform_machine not in 'arm64 aarch64'", true],
    ["'linux' in sys_platform", true],
    ["python_full_version < '3.11'", false],
    ["python_full_version >= '3.10.4'", true],
    ["python_full_version == '3.11.*'", true],
    ["python_full_version == '3.12.1'", false],
  ])("%s is %o", (marker, expected) => {
    expect(evaluate(marker)).toBe(expected);
  });

  it.each([
    "python_full_version == '3.11.4'",
    "python_full_version >= '3.11.4'",
    "platform_release > '5'",
    "extra == 'gpu'",
    "python_version >= '3.9' and platform_version == 'x'",
  ])("%s depends on what only the image could tell", (marker) => {
    expect(evaluate(marker)).toBeUndefined();
  });

  it("is decided where the unknown part does not matter", () => {
    expect(evaluate("platform_release == 'x' and python_version < '3'")).toBe(false);
    expect(evaluate("platform_release == 'x' or python_version > '3'")).toBe(true);
  });

  it.each([
    "",
    "python_version",
    "python_version ! '3'",
    "(python_version > '3'",
    "python_version > '3')",
    "a b c d",
    "'x",
  ])("%o is none, and so not known", (marker) => {
    expect(evaluate(marker)).toBeUndefined();
  });

  it("ends for hostile nesting", () => {
    expect(evaluate(`${"(".repeat(50_000)}python_version > '3'${")".repeat(50_000)}`)).toBeUndefined();
  });
});

describe("a platform", () => {
  it.each([
    ["linux", { machine: "x86_64", libc: "glibc", version: undefined }],
    ["x86_64-unknown-linux-gnu", { machine: "x86_64", libc: "glibc", version: undefined }],
    ["aarch64-manylinux_2_28", { machine: "aarch64", libc: "glibc", version: [2, 28] }],
    ["x86_64-manylinux2014", { machine: "x86_64", libc: "glibc", version: [2, 17] }],
    ["x86_64-unknown-linux-musl", { machine: "x86_64", libc: "musl", version: undefined }],
    ["macos", undefined],
    ["x86_64-pc-windows-msvc", undefined],
  ])("%s of uv", (word, expected) => {
    expect(parsePythonPlatform(word)).toEqual(expected);
  });

  it("of an image is a machine of Python's", () => {
    expect(
      ["linux/amd64", "linux/arm64/v8", "linux/arm/v7", "windows/amd64", "linux/toaster"].map(machineOf),
    ).toEqual(["x86_64", "aarch64", "armv7l", undefined, undefined]);
  });

  it("needs a C library that is new enough", () => {
    expect([isAtLeast("2.36", [2, 36]), isAtLeast("2.36", [2, 4]), isAtLeast("2.31", [2, 36])]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
