/**
 * The same files in fewer paths: while there are more than `most`, the folder that stands for most of them takes their place, the highest one
 * below which nothing was `touched` (every folder above something touched is touched itself). What does not fit then is left out and
 * counted. Nothing is folded when all fit.
 */
export function foldPaths(
  paths: readonly string[],
  given: { most: number; touched: ReadonlySet<string> },
): { paths: string[]; leftOut: number } {
  if (paths.length <= given.most) return { paths: [...paths], leftOut: 0 };
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const into = highestUntouched(path, given.touched);
    const group = groups.get(into);
    if (group) group.push(path);
    else groups.set(into, [path]);
  }
  const largestFirst = [...groups].sort((a, b) => b[1].length - a[1].length);
  let count = paths.length;
  const folded: string[] = [];
  for (const [folder, inside] of largestFirst) {
    if (count <= given.most || inside.length === 1) folded.push(...inside);
    else {
      folded.push(folder);
      count -= inside.length - 1;
    }
  }
  return { paths: folded.slice(0, given.most), leftOut: Math.max(0, folded.length - given.most) };
}

/** The highest folder above a path that is not touched; the path itself when all are. */
function highestUntouched(path: string, touched: ReadonlySet<string>): string {
  for (let cut = path.indexOf("/"); cut >= 0; cut = path.indexOf("/", cut + 1)) {
    const folder = path.slice(0, cut);
    if (!touched.has(folder)) return folder;
  }
  return path;
}
