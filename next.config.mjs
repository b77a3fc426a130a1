/**
 * How the console is built. Edit when a package must stay outside the bundle or a response needs another header.
 * `npm run build` writes a standalone tree; src/supervisor/web.ts serves it.
 */
const root = import.meta.dirname ?? process.cwd();

/** @type {import("next").NextConfig} */
export default {
  output: "standalone",
  outputFileTracingRoot: root,
  turbopack: { root },
  // Images are ours and small; without the optimizer there is no native image library to ship.
  images: { unoptimized: true },
  // The optimizer's native library, 19 MB. Patterns match anywhere in a path: one on our dist/ would also hit next/dist.
  outputFileTracingExcludes: { "*": ["node_modules/sharp/**", "node_modules/@img/**"] },
  serverExternalPackages: ["@node-rs/bcrypt", "pino"],
  // `npm run types` checks them, with the tests; checking twice would only make a start slower.
  typescript: { ignoreBuildErrors: true },
  // Of a release: the commit, so that the same one gives the same files. Null: Next makes one up.
  generateBuildId: () => process.env.BBS_BUILD_ID ?? null,
  poweredByHeader: false,
  reactStrictMode: true,
};
