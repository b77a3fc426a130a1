import { PUSH_WORKER } from "~/domain/push-worker";

/** Whether this very browser can be told, and by what the server knows it; `mark` null: it has not subscribed. */
export type PushReach = { kind: "unable" } | { kind: "blocked" } | { kind: "able"; mark: string | null };

/** Asks the browser, and asks the person nothing. */
export async function readPushReach(): Promise<PushReach> {
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (!able) return { kind: "unable" };
  if (Notification.permission === "denied") return { kind: "blocked" };
  const subscription = await ownSubscription();
  return { kind: "able", mark: subscription ? await markOf(subscription.endpoint) : null };
}

/** Asks the person for leave and the browser's push service for an address, under the server's key. Throws what is to be said. */
export async function subscribe(publicKey: string) {
  if ((await Notification.requestPermission()) !== "granted")
    throw new Error("The browser was not given leave to show notifications of this site.");
  const worker = await navigator.serviceWorker.register(PUSH_WORKER);
  await navigator.serviceWorker.ready;
  await unsubscribe();
  const made = await worker.pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })
    .catch((cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`The browser's push service gave no address: ${why}`, { cause });
    });
  const { endpoint, keys } = made.toJSON();
  return { endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" };
}

/** Gives this browser's address back: nothing can be sent there any more, by anybody. */
export async function unsubscribe(): Promise<void> {
  await (await ownSubscription())?.unsubscribe();
}

async function ownSubscription(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return (await worker?.pushManager.getSubscription()) ?? null;
}

async function markOf(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
