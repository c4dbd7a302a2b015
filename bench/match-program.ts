import { readFileSync, writeFileSync } from "node:fs";
import { ourVerdicts } from "../test/kit/judge-cases.ts";
import type { RangeCase } from "../test/kit/version-ranges.ts";

/** Our side of `match`: the cases of a file, judged once; the clock runs for the judging alone, as the peer's does. */
const [input = "", output = ""] = process.argv.slice(2);
// as: `match` wrote it.
const cases = JSON.parse(readFileSync(input, "utf8")) as readonly RangeCase[];
const begun = process.hrtime.bigint();
const verdicts = ourVerdicts(cases, "pypi");
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
writeFileSync(output, JSON.stringify({ seconds, verdicts }));
