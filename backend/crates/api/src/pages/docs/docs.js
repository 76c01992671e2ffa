// Shows /openapi.json: routes by subject, then the shapes they use.

const page = document.getElementById("page");

/** An element with attributes and children; text is always text. */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.flat().filter((child) => child !== undefined && child !== ""));
  return made;
}

const nameOf = (reference) => reference.split("/").at(-1);

/** A type in one line, with links to the shapes it names. */
function type(schema = {}) {
  if (schema.$ref) return [el("a", { href: `#${nameOf(schema.$ref)}` }, nameOf(schema.$ref))];
  if (schema.enum) return [schema.enum.map((value) => JSON.stringify(value)).join(" | ")];
  const choices = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (choices) return choices.flatMap((choice, index) => (index ? [" | ", ...type(choice)] : type(choice)));
  if (schema.type === "array") return ["list of ", ...type(schema.items)];
  const plain = [schema.type ?? "anything"].flat().join(" | ");
  return [schema.format ? `${plain} (${schema.format})` : plain];
}

function table(heads, rows) {
  if (rows.length === 0) return "";
  const head = el("tr", {}, heads.map((text) => el("th", { scope: "col" }, text)));
  return el("div", { class: "wide" }, el("table", {}, el("thead", {}, head), el("tbody", {}, rows)));
}

function row(name, schema, about, required) {
  const title = el("code", {}, name, required ? "" : "?");
  return el("tr", {}, el("td", {}, title), el("td", {}, type(schema)), el("td", {}, about ?? ""));
}

function operation(path, method, described) {
  const summary = el("summary", {},
    el("span", { class: "method" }, method.toUpperCase()),
    el("span", { class: "path" }, path),
    el("span", { class: "says" }, described.summary ?? ""));
  const parameters = (described.parameters ?? []).map((one) =>
    row(one.name, one.schema, `${one.description ?? ""} (${one.in})`, one.required));
  const body = described.requestBody?.content ?? {};
  const bodies = Object.entries(body).map(([kind, media]) =>
    el("p", {}, "Body, ", el("code", {}, kind), ": ", type(media.schema)));
  const answers = Object.entries(described.responses).map(([status, answer]) => {
    const [kind, media] = Object.entries(answer.content ?? {})[0] ?? ["", undefined];
    const shape = media ? [...type(media.schema), kind === "application/json" ? "" : ` (${kind})`] : [""];
    return el("tr", {}, el("td", {}, el("code", {}, status)), el("td", {}, shape), el("td", {}, answer.description));
  });
  return el("details", { id: described.operationId }, summary,
    el("div", { class: "inside" },
      el("p", {}, described.description ?? ""),
      table(["Parameter", "Type", "Meaning"], parameters), bodies,
      table(["Status", "Answer", "Meaning"], answers)));
}

function shape(name, schema) {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).map(([field, inner]) =>
    row(field, inner, inner.description, required.has(field)));
  const about = fields.length ? "" : el("p", {}, el("code", {}, type(schema)));
  return el("section", { id: name }, el("h3", {}, name), el("p", { class: "faint" }, schema.description ?? ""),
    about, table(["Field", "Type", "Meaning"], fields));
}

function show(document_) {
  const subjects = new Map((document_.tags ?? []).map((tag) => [tag.name, []]));
  for (const [path, item] of Object.entries(document_.paths)) {
    for (const [method, described] of Object.entries(item)) {
      const subject = described.tags?.[0] ?? "other";
      if (!subjects.has(subject)) subjects.set(subject, []);
      subjects.get(subject).push(operation(path, method, described));
    }
  }
  page.replaceChildren(
    el("h1", {}, `${document_.info.title} ${document_.info.version}`),
    el("p", {}, document_.info.description ?? ""),
    el("p", {}, el("a", { href: "/openapi.json" }, "/openapi.json"), " is this page for programs."),
    ...[...subjects].flatMap(([subject, list]) => [el("h2", {}, subject), ...list]),
    el("h2", {}, "Shapes"),
    ...Object.entries(document_.components.schemas).map(([name, schema]) => shape(name, schema)),
  );
  // The address may name a part that has just come to be.
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

async function start() {
  const answer = await fetch("/openapi.json", { credentials: "same-origin" });
  const read = await answer.json();
  if (answer.ok) return show(read);
  const hint = answer.status === 401 ? el("p", {}, "Sign in at ", el("a", { href: "/" }, "the panel"), " first, or send a key as X-API-Key.") : "";
  page.append(el("p", {}, read.error ?? `The service answered ${answer.status}.`), hint);
}

start().catch((error) => page.append(el("p", {}, `The document cannot be shown: ${error.message}`)))
  .finally(() => page.removeAttribute("aria-busy"));
