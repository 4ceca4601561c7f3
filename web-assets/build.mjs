// Builds the pages' assets into src/portvakt/web/static/built: every file carries its content hash
// in its name (so it may be cached for ever), lies beside its gzip and brotli forms, and is listed
// in manifest.json, which the server reads once at start.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "src", "portvakt", "web", "static", "built");
const target = ["es2020", "chrome100", "firefox100", "safari15"];
const manifest = {};

function emit(name, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const dot = name.lastIndexOf(".");
  const file = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  writeFileSync(join(out, file), bytes);
  writeFileSync(join(out, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  writeFileSync(
    join(out, `${file}.br`),
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  );
  manifest[name] = file;
}

async function styles(name, entry) {
  const { css } = sass.compile(join(here, entry), {
    loadPaths: [join(here, "node_modules")],
    quietDeps: true,
    silenceDeprecations: ["if-function"],
  });
  const { code } = await esbuild.transform(css, { loader: "css", minify: true, target });
  // The comment that names Pico's licence is kept in LICENSES.txt below, once for all parts.
  emit(name, code.replace(/\/\*![\s\S]*?\*\//g, ""));
}

async function script(name, entry) {
  const built = await esbuild.build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    format: "esm",
    target,
    legalComments: "none",
    write: false,
  });
  emit(name, built.outputFiles[0].contents);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await styles("site.css", "styles/site.scss");
await styles("robot.css", "styles/robot.scss");
await styles("guide.css", "styles/guide.scss");
await script("site.js", "scripts/site.ts");
await script("robot.js", "scripts/robot.ts");
await script("passkey.js", "scripts/passkey.ts");
await script("robot-hosted.js", "scripts/robot-hosted.ts");
for (const worker of ["pbkdf2", "sha"])
  await script(`robot-${worker}.js`, `node_modules/altcha/dist/workers/${worker}.js`);
emit("icon.svg", readFileSync(join(here, "images", "icon.svg")));
emit(
  "licenses.txt",
  [
    ["@picocss/pico", "node_modules/@picocss/pico/LICENSE.md"],
    ["@simplewebauthn/browser", "node_modules/@simplewebauthn/browser/LICENSE.md"],
    ["altcha", "node_modules/altcha/LICENSE.txt"],
  ]
    .map(([part, path]) => `${part}\n\n${readFileSync(join(here, path), "utf8")}`)
    .join("\n\n"),
);
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
