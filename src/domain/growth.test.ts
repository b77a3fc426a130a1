import { expect, test } from "vitest";
import { tellingGrowth } from "./growth";

const grew = (path: string, by: number) => ({ path: btoa(path), bytesBefore: 10, bytesAfter: 10 + by });

test("a folder that grew because of one below it is left out; one that grew in several places is told", () => {
  const told = tellingGrowth([
    grew("", 1000),
    grew("home", 950),
    grew("home/ada", 500),
    grew("home/ben", 450),
    grew("home/ben/mail", 440),
    grew("var", 50),
  ]);
  expect(told.map(({ path }) => atob(path))).toEqual(["home", "home/ada", "home/ben/mail", "var"]);
});

test("nothing grew, nothing is told", () => {
  expect(tellingGrowth([])).toEqual([]);
});
