import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Two cores: more workers only make the real ring's engine slower.
    maxWorkers: 2,
    testTimeout: 20_000,
    // The real ring shares one engine; its files say their own, longer limits.
    projects: [
      { extends: true, test: { name: "pure", include: ["test/**/*.test.ts"], exclude: ["test/real/**"] } },
      {
        extends: true,
        test: {
          name: "real",
          include: ["test/real/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
