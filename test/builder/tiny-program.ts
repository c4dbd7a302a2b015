/** What a tiny program does, in order; after the last step it exits with 0. */
export type TinyStep =
  | { readonly say: string; readonly to?: "stdout" | "stderr" }
  | { readonly write: string; readonly path: string }
  | { readonly exit: number }
  | { readonly pause: true };

const BASE = 0x40_0000;
const HEADERS = 64 + 56;

/**
 * A static x86-64 Linux program of a few hundred bytes, so that an image FROM scratch can RUN something without a root
 * image and without a compiler. System calls by number: write 1, open 2, pause 34, exit 60.
 */
export function tinyProgram(steps: readonly TinyStep[]): Buffer {
  const all: readonly TinyStep[] = [...steps, { exit: 0 }];
  // The code's length does not depend on addresses, so it is written twice: once to know where the data begins.
  const length = all.flatMap((step) => codeOf(step, () => 0)).length;
  const data: Buffer[] = [];
  let at = BASE + HEADERS + length;
  const place = (text: string): number => {
    const address = at;
    data.push(Buffer.from(`${text}\0`));
    at += Buffer.byteLength(text) + 1;
    return address;
  };
  const code = Buffer.from(all.flatMap((step) => codeOf(step, place)));
  const body = Buffer.concat([code, ...data]);
  return Buffer.concat([headers(HEADERS + body.length), body]);
}

function codeOf(step: TinyStep, place: (text: string) => number): number[] {
  if ("pause" in step) return [...eax(34), ...SYSCALL];
  if ("exit" in step) return [...eax(60), ...edi(step.exit), ...SYSCALL];
  if ("say" in step) {
    const text = `${step.say}\n`;
    return [
      ...eax(1),
      ...edi(step.to === "stderr" ? 2 : 1),
      ...rsi(place(text)),
      ...edx(bytes(text)),
      ...SYSCALL,
    ];
  }
  const create = [
    ...eax(2),
    0x48,
    0xbf,
    ...u64(place(step.path)),
    0xbe,
    ...u32(0x41),
    ...edx(0o644),
    ...SYSCALL,
  ];
  // mov edi, eax: what open gave.
  return [...create, 0x89, 0xc7, ...eax(1), ...rsi(place(step.write)), ...edx(bytes(step.write)), ...SYSCALL];
}

const SYSCALL = [0x0f, 0x05];
const eax = (value: number): number[] => [0xb8, ...u32(value)];
const edi = (value: number): number[] => [0xbf, ...u32(value)];
const edx = (value: number): number[] => [0xba, ...u32(value)];
const rsi = (value: number): number[] => [0x48, 0xbe, ...u64(value)];
const bytes = (text: string): number => Buffer.byteLength(text);

function u32(value: number): number[] {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return [...buffer];
}

function u64(value: number): number[] {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return [...buffer];
}

/** The ELF header and one program header that maps the whole file, readable and executable. */
function headers(size: number): Buffer {
  const elf = Buffer.alloc(HEADERS);
  elf.write("\u007fELF", "latin1");
  elf.set([2, 1, 1], 4);
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(62, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(BigInt(BASE + HEADERS), 24);
  elf.writeBigUInt64LE(64n, 32);
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  elf.writeUInt32LE(1, 64);
  elf.writeUInt32LE(5, 68);
  elf.writeBigUInt64LE(BigInt(BASE), 80);
  elf.writeBigUInt64LE(BigInt(BASE), 88);
  elf.writeBigUInt64LE(BigInt(size), 96);
  elf.writeBigUInt64LE(BigInt(size), 104);
  elf.writeBigUInt64LE(0x1000n, 112);
  return elf;
}
