import { expect, it } from "vitest";
import { previewKind } from "./preview-kind";

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);
const kindOf = (bytes: Uint8Array, whole = true) => previewKind(bytes, { whole });

it.each([
  ["\x89PNG\r\n\x1a\n\0\0", "image/png"],
  ["\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"],
  ["GIF89a\x01\0", "image/gif"],
  ["RIFF\x10\0\0\0WEBPVP8 ", "image/webp"],
  ["\0\0\0\x20ftypavif\0\0", "image/avif"],
])("knows %j as %s, whatever its name is", (first, type) => {
  expect(kindOf(latin1(first))).toEqual({ kind: "picture", type });
});

it.each([
  "<!DOCTYPE html><script>alert(1)</script>",
  '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
  '<?xml version="1.0"?><svg><script/></svg>',
  "#!/bin/sh\nrm -rf /\n",
  "GIF88a is text",
  "",
])("shows %j as text", (text) => {
  expect(kindOf(utf8(text))).toEqual({ kind: "text", charset: "utf-8" });
});

it("tells a charset by its mark, by what UTF-8 allows, and else takes the one of old Windows", () => {
  expect(kindOf(latin1("\xff\xfea\0"))).toEqual({ kind: "text", charset: "utf-16le" });
  expect(kindOf(latin1("\xfe\xff\0a"))).toEqual({ kind: "text", charset: "utf-16be" });
  expect(kindOf(utf8("grüße 😀"))).toEqual({ kind: "text", charset: "utf-8" });
  expect(kindOf(latin1("gr\xfc\xdfe"))).toEqual({ kind: "text", charset: "windows-1252" });
});

it("takes a character that is cut at the end for whole only where more follows", () => {
  const cut = utf8("grü").subarray(0, 3);
  expect(kindOf(cut, false)).toEqual({ kind: "text", charset: "utf-8" });
  expect(kindOf(cut, true)).toEqual({ kind: "text", charset: "windows-1252" });
});

it.each(["\x7fELF\x02\x01\x01\0", "PK\x03\x04\0\0", "%PDF-1.7\n%\0\0", "\x01\x02\x03\x04\x05"])(
  "shows nothing of %j",
  (first) => {
    expect(kindOf(latin1(first))).toBeNull();
  },
);
