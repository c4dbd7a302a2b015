import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createBuildxBuilder } from "../../src/edge/builder/buildx.ts";
import { registryLogin } from "../../src/edge/builder/registry-login.ts";
import type { Command } from "../../src/edge/process/port.ts";
import { requestOf } from "./request.ts";

const TOKEN = "no-real-token";
const auth = (login: string) => Buffer.from(login).toString("base64");
const authsOf = (env: Readonly<Record<string, string | undefined>>): unknown =>
  JSON.parse(registryLogin(env)["DOCKER_AUTH_CONFIG"] ?? "{}");

describe("the guide's login for buildx", () => {
  it("is GH_USERNAME and GH_TOKEN for ghcr.io, beside the logins that are there", () => {
    const given = JSON.stringify({ auths: { "r.example": { auth: "eDp5" }, "ghcr.io": { auth: "b2xk" } } });
    expect(authsOf({ GH_USERNAME: "me", GH_TOKEN: TOKEN, DOCKER_AUTH_CONFIG: given })).toEqual({
      auths: { "r.example": { auth: "eDp5" }, "ghcr.io": { auth: auth(`me:${TOKEN}`) } },
    });
    expect(authsOf({ GH_TOKEN: TOKEN })).toEqual({ auths: { "ghcr.io": { auth: auth(`token:${TOKEN}`) } } });
  });

  it("is none without a token, or where DOCKER_AUTH_CONFIG cannot be read", () => {
    expect(registryLogin({})).toEqual({});
    expect(registryLogin({ GH_USERNAME: "me", GH_TOKEN: "" })).toEqual({});
    expect(registryLogin({ GH_TOKEN: TOKEN, DOCKER_AUTH_CONFIG: "{" })).toEqual({});
  });
});

describe("a build", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lapstrake-login-"));
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("has the token in its environment and nowhere in argv", async () => {
    const commands: Command[] = [];
    const runner = {
      run: async (command: Command) => {
        commands.push(command);
        const { argv } = command;
        const rest = { signal: undefined, durationMs: 1, stdout: "", stderr: "", outcome: "failed" } as const;
        return { argv, exitCode: 1, ...rest };
      },
    };
    const engine = { dockerHost: "unix:///nowhere.sock", buildx: ["buildx"], buildxConfig: folder } as const;
    const builder = createBuildxBuilder({ engine, runner, env: { GH_USERNAME: "me", GH_TOKEN: TOKEN } });
    await builder.build(requestOf({ dockerfile: join(folder, "Dockerfile"), context: folder }));
    const [command] = commands;
    expect(command?.env?.["DOCKER_AUTH_CONFIG"]).toContain(auth(`me:${TOKEN}`));
    expect(command?.argv.join(" ")).not.toMatch(new RegExp(`${TOKEN}|${auth(`me:${TOKEN}`)}`));
  });
});
