import { type EstimatePassword, MOST_L33T_SPELLINGS } from "~/domain/password";

let loading: Promise<EstimatePassword> | undefined;

/** zxcvbn with the common and the English dictionaries. Loaded at first use (0.2 s, 30 MB): most processes never judge a password. */
export function passwordEstimator(): Promise<EstimatePassword> {
  loading ??= load();
  return loading;
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
