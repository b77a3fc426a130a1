import { cva } from "class-variance-authority";

/** The look of buttons and of links that look like one; apart from both, because server components use it too. */
export const buttonStyle = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-md border font-medium transition-colors disabled:pointer-events-none disabled:opacity-50 data-[disabled]:pointer-events-none data-[disabled]:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "border-accent bg-accent text-accent-ink hover:border-accent-strong hover:bg-accent-strong",
        secondary: "border-line-strong/60 bg-panel text-ink hover:bg-hover",
        quiet: "border-transparent bg-transparent text-ink hover:bg-hover",
        danger: "border-fail/50 bg-panel text-fail hover:bg-fail-wash",
        destroy: "border-fail bg-fail text-fail-ink hover:opacity-90",
      },
      size: { small: "h-7 px-2 text-[0.8125rem]", medium: "h-8 px-3", large: "h-10 px-4" },
    },
    defaultVariants: { variant: "secondary", size: "medium" },
  },
);
