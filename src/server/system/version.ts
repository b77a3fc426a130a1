import manifest from "../../../package.json";

/** The version of this server. */
export const SERVER_VERSION: string = manifest.version;
