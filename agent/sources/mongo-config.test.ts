import { describe, expect, it } from "vitest";
import { parseMongoConfig } from "./mongo-config";

describe("parseMongoConfig", () => {
  it.each([
    ["a uri alone", "uri: mongodb://localhost/\n", "mongodb://localhost/"],
    ["one in double quotes", '# ours\n\nuri: "mongodb://a:b@h/?x=y"\r\n', "mongodb://a:b@h/?x=y"],
    ["one in single quotes", "uri: 'mongodb+srv://h/'", "mongodb+srv://h/"],
    ["a password beside it", "password: p:a/s'\nuri: mongodb://me@h1,h2/", "mongodb://me:p%3Aa%2Fs'@h1,h2/"],
    ["a quoted one", "uri: mongodb://me@h/\npassword: 'it''s #1'", "mongodb://me:it's%20%231@h/"],
  ])("reads %s", (_, text, uri) => {
    expect(parseMongoConfig(text)).toEqual({ uri, why: null });
  });

  it.each([
    ["nothing", ""],
    ["a password alone", "password: x"],
    ["another scheme", "uri: http://h/"],
    ["what we would not heed", "uri: mongodb://h/\nsslPEMKeyPassword: x"],
    ["a password without a user", "uri: mongodb://h/\npassword: x"],
    ["two passwords", "uri: mongodb://u:p@h/\npassword: x"],
    ["a value that goes on", "uri: |\n  mongodb://h/"],
    ["an alias of YAML", "uri: *x"],
    ["a quote that does not end", "uri: 'mongodb://h/"],
  ])("refuses %s", (_, text) => {
    expect(parseMongoConfig(text).uri).toBeNull();
  });
});
