// Fails when the panel has grown past what loads fast everywhere.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT = 300_000;
const dist = fileURLToPath(new URL("../dist", import.meta.url));
const files = readdirSync(dist, { recursive: true }).map(String);
let total = 0;
for (const file of files.sort()) {
  const path = join(dist, file);
  if (statSync(path).isDirectory()) continue;
  const size = gzipSync(readFileSync(path), { level: 9 }).length;
  total += size;
  console.log(`${String(size).padStart(8)} B gzipped  ${file}`);
}
console.log(`${String(total).padStart(8)} B gzipped in all, at most ${LIMIT}`);
if (total > LIMIT) process.exit(1);
