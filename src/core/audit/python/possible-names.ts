/** Larger sources do more than give names, and cost more than the answer is worth. */
const MAX_BYTES = 64 * 1024;
/** Of what was installed, only what a package says of itself, and not at length. */
const MAX_INSTALLED = 16 * 1024;
const INSTALLED = /(?:^|\/)(?:(?:site|dist)-packages|python3\.\d+)\//;
/** With these, a module may have names that stand nowhere in it. */
const DYNAMIC =
  /\b(?:__getattr__|__dict__|__path__|__class__|globals|locals|vars|exec|eval|setattr|modules|__import__|declare_namespace|lazy\w*)\b|\bimport\s*(?:\(\s*)?\*/i;
const WORD = /[A-Za-z_]\w*/g;

/**
 * All words of a source, which has every name that the module can bind among them, each once; undefined where it may have
 * others, or where nobody asks. Names of other letters than ASCII's are not told.
 */
export function possibleNames(path: string, content: Uint8Array): readonly string[] | undefined {
  const isInstalled = INSTALLED.test(path);
  if (content.length > (isInstalled ? MAX_INSTALLED : MAX_BYTES)) return undefined;
  if (isInstalled && !path.endsWith("/__init__.py")) return undefined;
  // Each encoding that Python takes for sources has ASCII's letters as they are.
  const text = new TextDecoder("latin1").decode(content);
  if (DYNAMIC.test(text)) return undefined;
  return [...new Set(Array.from(text.matchAll(WORD), ([word]) => word))];
}
