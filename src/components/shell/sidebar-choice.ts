/** Cookie with `narrow` or `wide`. */
export const SIDEBAR_COOKIE = "bbs-sidebar";
