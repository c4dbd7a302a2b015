import { describe, expect, it } from "vitest";
import { expectStock, type Stock } from "../../bench/stock.ts";
import { digestOf } from "../../src/core/base/digest.ts";

const stock: Stock = new Map([
  ["bench/web:one", digestOf("one")],
  ["bench/web:two", digestOf("two")],
]);

describe("a run counts only", () => {
  it("where every tag was found with its digest", () => {
    const more = new Map([...stock, ["bench/other:one", "whatever"]]);
    expect(() => expectStock(stock, more)).not.toThrow();
  });

  it("not where one is missing or stands elsewhere", () => {
    expect(() => expectStock(stock, new Map([...stock].slice(1)))).toThrow("1 of 2 tags");
    expect(() => expectStock(stock, new Map([...stock, ["bench/web:two", digestOf("one")]]))).toThrow(
      "bench/web:two",
    );
  });
});
