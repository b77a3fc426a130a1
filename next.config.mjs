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
  // Server code reads its files by path; without these the tracer would take the whole tree along.
  outputFileTracingExcludes: {
    "*": ["node_modules/{sharp,@img,typescript*}/**", "{dist,data,src,agent,tests,docs,drizzle,.git}/**"],
  },
  serverExternalPackages: ["@node-rs/bcrypt", "pino"],
  // `npm run types` checks them, with the tests; checking twice would only make a start slower.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
};
