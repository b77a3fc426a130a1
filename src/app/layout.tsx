import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "~/components/system/providers";
import { readTheme, THEME_COOKIE } from "~/components/system/theme";
import { TrustedScripts } from "~/components/system/trusted-scripts";
import "./globals.css";

/** Every page carries the request's own nonce, so none is made ahead. */
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "Borg Backup Server", template: "%s · Borg Backup Server" },
  description: "Backups of a fleet of machines with BorgBackup.",
  icons: { icon: "/icon.svg" },
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f7f8" },
    { media: "(prefers-color-scheme: dark)", color: "#0e1113" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [cookieStore, headerList] = await Promise.all([cookies(), headers()]);
  const theme = readTheme(cookieStore.get(THEME_COOKIE)?.value);
  const nonce = headerList.get("x-nonce") ?? undefined;
  return (
    <html lang="en" data-theme={theme === "system" ? undefined : theme}>
      <head>
        <TrustedScripts nonce={nonce} />
      </head>
      <body>
        <Providers nonce={nonce} serverNow={Date.now()}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
