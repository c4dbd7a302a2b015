import { type Ecosystem, withOrder } from "./version-order.ts";

/** Each once, the lowest first; what is no version comes last, as text. */
export function sortVersions(ecosystem: Ecosystem, versions: readonly string[]): readonly string[] {
  return withOrder(ecosystem, (order) => {
    const parsed = [...new Set(versions)].map((text) => ({ text, version: order.parse(text) }));
    parsed.sort((one, other) => {
      if (one.version !== undefined && other.version !== undefined)
        return order.compare(one.version, other.version) || (one.text < other.text ? -1 : 1);
      if (one.version === other.version) return one.text < other.text ? -1 : 1;
      return one.version === undefined ? 1 : -1;
    });
    return parsed.map(({ text }) => text);
  });
}
