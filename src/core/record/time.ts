const SHAPE = "dddd-dd-ddTdd:dd:dd.dddZ";

/**
 * ISO 8601 in UTC with milliseconds, as `Date.toISOString` writes the years 0 to 9999. Every entry of a ledger has one, so
 * the letters are looked at, in the place of making a date and its text anew.
 */
export function isTime(text: string): boolean {
  if (text.length !== SHAPE.length) return false;
  for (let at = 0; at < SHAPE.length; at++) {
    const [unit, expected] = [text.charCodeAt(at), SHAPE.charCodeAt(at)];
    if (expected === 0x64 ? unit < 0x30 || unit > 0x39 : unit !== expected) return false;
  }
  const part = (at: number): number => (text.charCodeAt(at) - 0x30) * 10 + text.charCodeAt(at + 1) - 0x30;
  const [year, month, day] = [part(0) * 100 + part(2), part(5), part(8)];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return false;
  return part(11) < 24 && part(14) < 60 && part(17) < 60;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
