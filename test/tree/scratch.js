import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
/** An empty folder that goes away with the test. */
export function scratch() {
    const folder = mkdtempSync(join(tmpdir(), "lap-tree-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
}
export function put(root, files) {
    for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
    }
}
let minute = 0;
/** git in a folder, untouched by the configuration of whoever runs the tests; each commit is a minute later. */
export function git(root, ...args) {
    minute += 60;
    const date = `${1_700_000_000 + minute} +0000`;
    const env = {
        PATH: process.env["PATH"],
        HOME: root,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "a",
        GIT_AUTHOR_EMAIL: "a@example.org",
        GIT_COMMITTER_NAME: "a",
        GIT_COMMITTER_EMAIL: "a@example.org",
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
    };
    return execFileSync("git", args, {
        cwd: root,
        env,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
    }).trim();
}
export function commit(root, files, message = "change") {
    put(root, files);
    git(root, "add", "-A");
    git(root, "commit", "-q", "--allow-empty", "-m", message);
    return git(root, "rev-parse", "HEAD");
}
export function repository() {
    const root = scratch();
    git(root, "init", "-q", "-b", "main");
    return root;
}
//# sourceMappingURL=scratch.js.map