/** File of the service worker, at the root so that it may open every page. It shows what the server tells and does nothing else. */
export const PUSH_WORKER = "/push-worker.js";
