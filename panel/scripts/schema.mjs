// Writes the types of the service's answers from its own OpenAPI document:
//   npm run schema -- http://127.0.0.1:8000 [file]
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const [service = "http://127.0.0.1:8000", file = fileURLToPath(new URL("../src/api/schema.d.ts", import.meta.url))] =
  process.argv.slice(2);
const types = await openapiTS(new URL("/openapi.json", service), { alphabetize: true, silent: true });
writeFileSync(file, `// Written by \`npm run schema\` from the service's /openapi.json.\n\n${astToString(types)}`);
console.log(`${file}: written from ${service}/openapi.json`);
