/** One of a few: arrow keys move, as in every radio group. */
export function Tabs<T extends string>(props: {
  label: string;
  tabs: readonly T[];
  chosen: T;
  choose: (tab: T) => void;
}) {
  return (
    <div class="tabs" role="radiogroup" aria-label={props.label}>
      {props.tabs.map((tab) => (
        <label key={tab} class={`tab${tab === props.chosen ? " tab-on" : ""}`}>
          <input
            type="radio"
            name={props.label}
            checked={tab === props.chosen}
            onChange={() => props.choose(tab)}
          />
          {tab}
        </label>
      ))}
    </div>
  );
}
