import type { Digest } from "../../core/base/digest.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";

interface ConfirmedView {
  readonly image: string;
  readonly told: Digest | undefined;
  readonly stands: Digest | undefined;
  readonly confirmed: boolean;
}

/** One line an image that was handed on: its digest, or what does not agree. */
export function renderConfirmed(images: readonly ConfirmedView[]): string {
  if (images.length === 0) return "no digest was handed on\n";
  const rows = images.map(({ image, told, stands, confirmed }) => [
    printable(image),
    confirmed
      ? (told ?? "")
      : `handed on ${told ?? "(none)"}, the registry has ${stands ?? "(none)"} for this tree`,
  ]);
  const wrong = images.filter(({ confirmed }) => !confirmed).length;
  const sum = wrong === 0 ? `${images.length} confirmed` : `${wrong} of ${images.length} not confirmed`;
  return `${renderTable(rows)}\n${sum}\n`;
}
