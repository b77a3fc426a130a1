/**
 * The file at the top of an archive that holds the dumps of its databases: a tar that any tar reads. borg 1.2 and 1.4 take one stream
 * beside directories (stdin); the other ways were ruled out by trying them:
 * - named pipes with --read-special: that option holds for the whole run, so a link to /dev/zero or a pipe in somebody's home would be read
 *   for ever, by root;
 * - an archive per database (--content-from-command): retention counts archives, so the files' archive and the databases' would push each
 *   other out, and no archive would hold a state of both.
 */
export const DATABASES_FILE = "databases.tar";

/** The last member of the tar: which dumps are whole. Without it the stream was cut. */
export const MANIFEST_PATH = "databases/manifest.json";
