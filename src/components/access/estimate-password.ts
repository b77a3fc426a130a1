import {
  type EstimatePassword,
  MOST_L33T_SPELLINGS,
  type PasswordOwner,
  passwordProblem,
} from "~/domain/password";

let loading: Promise<EstimatePassword> | undefined;

/**
 * zxcvbn in the browser, as server/access/estimate-password has it on the server, which decides. Its dictionaries are larger than the
 * console itself: loaded when somebody begins to type a new password, never with a page.
 */
export function loadEstimator(): Promise<EstimatePassword> {
  loading ??= load().catch((problem: unknown) => {
    loading = undefined;
    throw problem;
  });
  return loading;
}

/** Why the server would not take this password; null when it would, or when that cannot be told here. */
export async function newPasswordProblem(password: string, owner: PasswordOwner): Promise<string | null> {
  try {
    return passwordProblem(password, owner, await loadEstimator());
  } catch {
    // The dictionaries did not come. The server has them too, and its refusal says the same.
    return null;
  }
}

async function load(): Promise<EstimatePassword> {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
    import("@zxcvbn-ts/language-en"),
  ]);
  const estimator = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    translations: english.translations,
    l33tMaxSubstitutions: MOST_L33T_SPELLINGS,
  });
  return (password, known) => estimator.check(password, known);
}
