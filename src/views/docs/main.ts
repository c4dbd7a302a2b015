import { fileURLToPath } from "node:url";
import { PAGES } from "./pages.ts";
import { publish } from "./publish.ts";

// This file is dist/docs.js when it runs.
const root = fileURLToPath(new URL("../", import.meta.url));
const isCheck = process.argv.includes("--check");
const changed = await publish(root, PAGES, { isCheck });
const verb = isCheck ? "differs from what the program says: run npm run docs" : "written";
for (const path of changed) process.stderr.write(`${path}: ${verb}\n`);
if (isCheck && changed.length > 0) process.exitCode = 1;
