import { randomBytes } from "node:crypto";

// Before the settings are read for the first time, which is when the first secret is sealed.
process.env.APP_KEY ??= randomBytes(32).toString("base64");

/** The key with which this test process seals: for programs that must open what it seeded. */
export const TEST_APP_KEY: string = process.env.APP_KEY;
