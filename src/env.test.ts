import { hostname } from "node:os";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readEnv, SettingsError } from "./env";

test("nothing set gives the documented defaults", () => {
  const env = readEnv({ NODE_ENV: "test" });
  expect(env).toMatchObject({
    data: process.getuid?.() === 0 ? "/var/bbs" : resolve("data"),
    listen: "0.0.0.0",
    port: 3000,
    sshPort: 2222,
    appUrl: `https://${hostname()}:3000`,
    sshHost: hostname(),
    trustedProxies: [],
    databaseUrl: undefined,
    appKey: undefined,
  });
});

test("an empty variable counts as not set, as in a .env file with nothing behind the sign", () => {
  expect(readEnv({ NODE_ENV: "test", PORT: "", DATABASE_URL: "", BBS_DATA: "" }).port).toBe(3000);
});

test("the address people use gives the host for SSH, unless that is named", () => {
  const given = { NODE_ENV: "test" as const, APP_URL: "https://backup.example.org/" };
  expect(readEnv(given)).toMatchObject({
    appUrl: "https://backup.example.org",
    sshHost: "backup.example.org",
  });
  expect(readEnv({ ...given, SSH_HOST: "storage.example.org" }).sshHost).toBe("storage.example.org");
});

test("a relative data folder is taken from where the program was started", () => {
  expect(readEnv({ NODE_ENV: "test", BBS_DATA: "./here" }).data).toBe(resolve("here"));
});

test.each([
  ["PORT", "70000"],
  ["PORT", "http"],
  ["SSH_PORT", "0"],
  ["APP_URL", "backup.example.org"],
  ["DATABASE_URL", "mysql://localhost/bbs"],
  ["LOG_LEVEL", "loud"],
  ["REDIS_URL", "http://localhost:6379"],
  ["UPSTASH_REDIS_REST_URL", "https://example.upstash.io"],
  ["UPSTASH_REDIS_REST_TOKEN", "a token without its address"],
])("%s=%s is refused by name", (name, value) => {
  expect(() => readEnv({ NODE_ENV: "test", [name]: value })).toThrow(SettingsError);
  expect(() => readEnv({ NODE_ENV: "test", [name]: value })).toThrow(name);
});

test("every wrong setting is named at once, so that it needs one look", () => {
  expect(() => readEnv({ NODE_ENV: "test", PORT: "x", SSH_PORT: "y" })).toThrow(
    /PORT.*SSH_PORT.*\.env\.example/s,
  );
});

test("tries are counted in one place: a Redis or Upstash's, not both, and PostgreSQL without either", () => {
  const upstash = { UPSTASH_REDIS_REST_URL: "https://example.upstash.io", UPSTASH_REDIS_REST_TOKEN: "t" };
  const redis = { REDIS_URL: "rediss://:secret@redis.example:6380/1" };
  const read = (given: object) => readEnv({ NODE_ENV: "test", ...given });
  expect(read({})).toMatchObject({ redisUrl: undefined, upstash: null });
  expect(read(redis)).toMatchObject({ redisUrl: redis.REDIS_URL, upstash: null });
  expect(read(upstash).upstash).toEqual({ url: upstash.UPSTASH_REDIS_REST_URL, token: "t" });
  expect(() => read({ ...redis, ...upstash })).toThrow(/REDIS_URL: set it or the two of Upstash/);
});
