interface Field {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

export function Search({ label, value, onChange }: Field) {
  return (
    <input
      class="input search"
      type="search"
      placeholder={label}
      aria-label={label}
      value={value}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function Choice({ label, value, onChange, options }: Field & { options: readonly string[] }) {
  return (
    <label class="select">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option} value={option}>
            {option.replaceAll("_", " ")}
          </option>
        ))}
      </select>
    </label>
  );
}
