import { expect, it } from "vitest";
import { judge } from "../../src/core/policy/contradictions/judge.ts";
import { planFacts } from "./plan-facts.ts";

const MILLION = 1024 * 1024;
/** As often as it takes to fill a document of the largest size. */
const full = (piece: string): string => piece.repeat(Math.floor(MILLION / piece.length));
const fence = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\`\n`;

it.each([
  ["digits after the word budget", `budget ${full("9")}`],
  ["layers and dependencies", full("layers deps ")],
  ["demands", full("multi-stage tini build-arg A -prev re-tag ")],
  ["demands of one argument, a section each", full("## a\nbuild-arg AB\n")],
  [
    "builds with many tags and caches",
    fence("bash", `docker build ${full("-t r/a:1 --cache-to=ref=r/c ")} .`),
  ],
  ["many builds", fence("bash", full("docker build -f a/Dockerfile --build-arg A=1 -t r/a:1 .\n"))],
  ["variables that double", fence("bash", full("A=$A$A$A;docker build -t r/a:$A .\n"))],
  [
    "examples whose variables double",
    full(fence("dockerfile", `FROM a\n${"ENV A=x$A$A\n".repeat(30)}HEALTHCHECK CMD $A`)),
  ],
  ["an example of a hundred thousand stages", fence("dockerfile", full("FROM a AS b\n"))],
  [
    "an example of many copies",
    fence("dockerfile", `FROM a AS b\nFROM a\n${full("COPY --from=b /site-packages /x\n")}`),
  ],
  [
    "a tree that is deep",
    fence("text", Array.from({ length: 1000 }, (_, depth) => `${"│ ".repeat(depth)}└ a${depth}`).join("\n")),
  ],
  ["a tree that is wide", fence("text", `a\n${full("├ a\n")}`)],
  ["requirements", fence("requirements a", full("vllm\ntorch==2.2.2\n"))],
  ["many lists of requirements", full(fence("requirements a", "vllm\ntorch==2.2.2"))],
  ["brackets and quotes", fence("bash", full("$(\"'`${"))],
])(
  "a document of one megabyte ends with a verdict: %s",
  (_, guide) => {
    const started = performance.now();
    const { open } = judge(planFacts({ guide }));
    expect(performance.now() - started).toBeLessThan(60_000);
    for (const { chain, message } of open) {
      expect(chain.length).toBeLessThan(12);
      expect(message.length).toBeLessThan(1000);
    }
  },
  90_000,
);
