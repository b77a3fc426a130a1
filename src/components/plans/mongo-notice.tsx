import { Notice } from "~/components/ui/notice";

/** Said wherever a person is about to rely on MongoDB's dumps. */
export function MongoNotice() {
  return (
    <Notice tone="warn" title="MongoDB: built, not run against a real server">
      Its programs were tried with stand-ins only. Bring a copy back before you rely on it. The machine needs
      mongodump, and mongosh to list databases and to bring one back.
    </Notice>
  );
}
