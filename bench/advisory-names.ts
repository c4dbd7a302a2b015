/** Packages of Python and source packages of Debian that the images of `advisories` have, and its export speaks of. */
export const PACKAGES = Array.from({ length: 300 }, (_, index) => `package-${index}`);
export const SOURCES = Array.from({ length: 400 }, (_, index) => `library-${index}`);
