// Our own small set of line icons, drawn on a 20 × 20 grid.

const PATHS = {
  overview: "M3 10.5 10 4l7 6.5M5 9.5V16h10V9.5",
  signals: "M3 6h9M3 10h14M3 14h6",
  orders: "M4 3.5h12v13H4zM7 7.5h6M7 10.5h6M7 13.5h3",
  channels: "M4 16V9M8 16V5M12 16v-5M16 16V7",
  risk: "M10 3l6 2.5v4.2c0 3.6-2.5 6-6 7.3-3.5-1.3-6-3.7-6-7.3V5.500z",
  events: "M4 5h.01M4 10h.01M4 15h.01M8 5h8M8 10h8M8 15h5",
  settings: "M4 6h6M14 6h2M4 14h2M10 14h6M12 4v4M8 12v4",
  more: "M4 10h.01M10 10h.01M16 10h.01",
  stop: "M7 3h6l4 4v6l-4 4H7l-4-4V7zM7.500 10h5",
  close: "M5 5l10 10M15 5 5 15",
  sun: "M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7zM10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1 1M14.700 14.700l1 1M4.300 15.700l1-1M14.700 5.300l1-1",
  pause: "M7 5v10M13 5v10",
  play: "M7 4.500v11l8-5.500z",
  download: "M10 3v10M6 9.500l4 4 4-4M4 17h12",
  tag: "M3.500 3.500h6l7 7-6 6-7-7zM6.800 6.800h.01",
  back: "M12 4l-6 6 6 6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
