import { defineConfig, type TestProjectConfiguration } from "vitest/config";

const REAL = { testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false } as const;
// Ten minutes of CUDA: a project of its own, so that the everyday run has no test that it skips.
const full: TestProjectConfiguration = {
  extends: true,
  test: { ...REAL, name: "full", include: ["test/full/**/*.test.ts"] },
};
// The images of a release, GPU ones included: whoever has one names its tag.
const fleet: TestProjectConfiguration = {
  extends: true,
  test: { ...REAL, testTimeout: 3_600_000, name: "fleet", include: ["test/fleet/**/*.test.ts"] },
};

export default defineConfig({
  test: {
    // Two cores: more workers only make the real ring's engine slower.
    maxWorkers: 2,
    testTimeout: 20_000,
    // Hooks make the same machines and fleets as tests do.
    hookTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: ["test/real/**", "test/full/**", "test/fleet/**"],
        },
      },
      // The files of the real ring share one engine; they run one after the other.
      { extends: true, test: { ...REAL, name: "real", include: ["test/real/**/*.test.ts"] } },
      ...(process.env["LAPSTRAKE_FULL"] === "1" ? [full] : []),
      ...(process.env["LAPSTRAKE_FLEET_TAG"] === undefined ? [] : [fleet]),
    ],
  },
});
