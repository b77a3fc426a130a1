/** For `.catch`: null where there is nothing of that name; every other trouble flies on. */
export function whenMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
