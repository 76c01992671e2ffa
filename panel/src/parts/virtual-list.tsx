// A list of any length that draws only what is in view. Every row has one height.

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const OVERSCAN = 6;

/** The rows to draw: from `first` up to, not including, `end`. */
export function inView(top: number, height: number, row: number, count: number): { first: number; end: number } {
  const first = Math.max(0, Math.floor(top / row) - OVERSCAN);
  const end = Math.min(count, Math.ceil((top + height) / row) + OVERSCAN);
  return { first: Math.min(first, Math.max(0, end)), end };
}

interface Props<T> {
  label: string;
  items: readonly T[];
  rowHeight: number;
  keyOf: (item: T) => string | number;
  row: (item: T) => ComponentChildren;
  /** Called when the end comes into view. */
  atEnd?: () => void;
}

export function VirtualList<T>(props: Props<T>) {
  const { items, rowHeight } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const firstKey = items[0] === undefined ? undefined : props.keyOf(items[0]);
  const before = useRef({ firstKey });

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // New rows come in above: whoever has scrolled down keeps what they are reading in place.
  useLayoutEffect(() => {
    const element = box.current;
    const known = before.current.firstKey;
    before.current = { firstKey };
    if (element === null || element.scrollTop < rowHeight || known === undefined || known === firstKey) return;
    const added = items.findIndex((item) => props.keyOf(item) === known);
    if (added > 0) element.scrollTop += added * rowHeight;
  }, [firstKey]);

  const { first, end } = inView(view.top, view.height, rowHeight, items.length);
  // Elements are used again for other rows. Counted from the end, a row keeps its own while new
  // ones come in above it.
  const slots = Math.ceil(view.height / rowHeight) + OVERSCAN * 2 + 2;
  useEffect(() => {
    if (end >= items.length && items.length > 0) props.atEnd?.();
  }, [end, items.length]);

  return (
    <div
      ref={box}
      class="virtual"
      role="list"
      aria-label={props.label}
      tabIndex={0}
      onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
    >
      <div class="virtual-space" role="presentation" style={{ height: `${items.length * rowHeight}px` }}>
        {items.slice(first, end).map((item, index) => (
          <div
            key={(items.length - first - index) % slots}
            class="virtual-row"
            role="listitem"
            aria-posinset={first + index + 1}
            aria-setsize={items.length}
            style={{ height: `${rowHeight}px`, transform: `translateY(${(first + index) * rowHeight}px)` }}
          >
            {props.row(item)}
          </div>
        ))}
      </div>
    </div>
  );
}
