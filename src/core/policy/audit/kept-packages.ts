/** Why a package stays though nothing names it: its files are looked for by place, by name service, or by people. */
const KEPT: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^ca-certificates/, "certificates: TLS clients read them by place"],
  [/^tzdata/, "time zones: read by name"],
  [/^(?:locales|libc-l10n|localechooser|language-pack)/, "locales: chosen by the environment"],
  [
    /^(?:libc-bin|base-files|base-passwd|netbase|media-types|mime-support|usr-is-merged|usrmerge|sensible-utils)$/,
    "tables and tools that the C library and the distribution look for by place",
  ],
  [/^lib(?:nss|pam)[0-9a-z-]*/, "name service and login modules: named by configuration"],
  [/^(?:libsasl2-modules|libgssapi|libkrb5|krb5-)/, "plugins of authentication: named by configuration"],
  [
    /^(?:fonts-|fontconfig|libgdk-pixbuf|libgtk|libqt|mesa-|libgl1-mesa|libegl-mesa|libglx-mesa|ocl-icd|libasound2-plugins|alsa-)/,
    "plugins and data: found in folders",
  ],
  [/^(?:openssl-provider|libengine-)/, "providers of OpenSSL: named by configuration"],
];

export function whyKept(name: string): string | undefined {
  return KEPT.find(([pattern]) => pattern.test(name))?.[1];
}
