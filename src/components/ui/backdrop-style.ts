/** What darkens the page behind a dialog. */
export const backdropStyle =
  "fixed inset-0 z-40 bg-black/40 transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0";
