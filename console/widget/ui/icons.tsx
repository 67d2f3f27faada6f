/** Small drawings of our own; what they mean is said by the accessible name of what is around them. */

const PATHS = {
  chat: "M4 5.5A2.5 2.5 0 0 1 6.5 3h7A2.5 2.5 0 0 1 16 5.5v5a2.5 2.5 0 0 1-2.5 2.5H9l-4 3.5V13A2 2 0 0 1 4 11z",
  close: "m5 5 10 10M15 5 5 15",
  down: "m5 8 5 5 5-5",
  back: "M12 4 6 10l6 6",
  menu: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  send: "M10 16V4M5 9l5-5 5 5",
  attach: "m15.5 9.5-5.6 5.6a3.4 3.4 0 0 1-4.8-4.8l6-6a2.3 2.3 0 0 1 3.2 3.2l-6 6a1.1 1.1 0 0 1-1.6-1.6l5.3-5.3",
  file: "M6 3h5l4 4v10H6zM11 3v4h4",
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14M10 6v4l2.5 2",
  mail: "M3.5 5.5h13v9h-13zM3.5 6l6.5 5 6.5-5",
  bot: "M5 8h10v7H5zM10 8V5M8 11v1M12 11v1M10 4.5h.01M3 11v1.5M17 11v1.5",
  person: "M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6M4.5 16.5c.6-3 2.8-4.5 5.5-4.5s4.9 1.5 5.5 4.5",
  thumbUp: "M6.5 9 9.5 3.500c1.2 0 2 .8 1.7 2L10.8 8H15l-1.2 7.500H6.500zM3.5 9h3v6.500h-3z",
  thumbDown: "M6.5 11 9.5 16.500c1.2 0 2-.8 1.7-2L10.8 12H15l-1.2-7.500H6.500zM3.5 4.500h3V11h-3z",
  star: "m10 2.8 2.2 4.6 5 .7-3.6 3.5.9 5L10 14.200l-4.5 2.4.9-5L2.8 8.100l5-.7z",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
