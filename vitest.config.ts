import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test/global-setup.ts",
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is polled for comes when the machine gets round to it.
    expect: { poll: { timeout: 10_000 } },
    // Each file runs processes of its own; more of them at once only makes the machine the slow part.
    maxWorkers: 2,
  },
});
