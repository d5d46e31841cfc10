/**
 * The .vsix file: a zip archive in the layout of OPC, with the manifest that VS Code and its Marketplace read. Written as
 * @vscode/vsce writes it; the same files give the same bytes.
 */
import { createWriteStream, readFileSync, renameSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import path from 'node:path';
import { openPromise } from 'yauzl';
import { ZipFile } from 'yazl';

/** Where the extension's own files lie in the archive. */
export const PREFIX = 'extension/';

/** How much is read of a file that is no text. */
const HEAD_BYTES = 4096;

/** The same for every file, so that two packages of the same files are equal. Archives know no time zone. */
const WRITTEN_AT = new Date(1985, 9, 26, 8, 15);

const TYPES = {
  cjs: 'application/node',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  md: 'text/markdown',
  mjs: 'application/javascript',
  png: 'image/png',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  txt: 'text/plain',
  vsixmanifest: 'text/xml',
  wasm: 'application/wasm',
};

const TEXT = /\.(cjs|css|js|json|md|mjs|svg|txt|vsixmanifest|xml)$|(^|\/)[^./]+$/;

function escaped(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  return String(text).replaceAll(/[&<>"']/g, (character) => entities[character]);
}

/** A text of the manifest; `%key%` stands for one of package.nls.json. */
function said(text, texts) {
  const key = /^%(.+)%$/.exec(text ?? '')?.[1];
  return escaped(key === undefined ? (text ?? '') : texts[key]);
}

function properties(manifest) {
  const banner = manifest.galleryBanner;
  const code = 'Microsoft.VisualStudio.Code';
  const all = [
    [`${code}.Engine`, manifest.engines.vscode],
    [`${code}.ExtensionDependencies`, (manifest.extensionDependencies ?? []).join(',')],
    [`${code}.ExtensionPack`, (manifest.extensionPack ?? []).join(',')],
    [`${code}.ExtensionKind`, (manifest.extensionKind ?? []).join(',')],
    [`${code}.LocalizedLanguages`, ''],
    [`${code}.EnabledApiProposals`, ''],
    [`${code}.ExecutesCode`, 'true'],
    ['Microsoft.VisualStudio.Services.Branding.Color', banner.color],
    ['Microsoft.VisualStudio.Services.Branding.Theme', banner.theme],
    ['Microsoft.VisualStudio.Services.GitHubFlavoredMarkdown', 'true'],
    ['Microsoft.VisualStudio.Services.Content.Pricing', 'Free'],
  ];
  return all.map(([id, value]) => `      <Property Id="${id}" Value="${escaped(value)}" />`).join('\n');
}

function assets(manifest) {
  const service = 'Microsoft.VisualStudio.Services';
  const all = [
    ['Microsoft.VisualStudio.Code.Manifest', 'package.json'],
    [`${service}.Content.Details`, 'README.md'],
    [`${service}.Content.Changelog`, 'CHANGELOG.md'],
    [`${service}.Content.License`, 'LICENSE.txt'],
    [`${service}.Icons.Default`, manifest.icon],
  ];
  return all
    .map(([type, file]) => `    <Asset Type="${type}" Path="${escaped(PREFIX + file)}" Addressable="true" />`)
    .join('\n');
}

/** extension.vsixmanifest: what of package.json is told about the package. `texts`: package.nls.json. */
export function vsixManifest(manifest, texts, target) {
  const identity = { Id: manifest.name, Version: manifest.version, Publisher: manifest.publisher };
  const attributes = Object.entries({ ...identity, TargetPlatform: target })
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(' ');
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity Language="en-US" ${attributes} />
    <DisplayName>${said(manifest.displayName, texts)}</DisplayName>
    <Description xml:space="preserve">${said(manifest.description, texts)}</Description>
    <Tags>${escaped(manifest.keywords.join(','))}</Tags>
    <Categories>${escaped(manifest.categories.join(','))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
${properties(manifest)}
    </Properties>
    <License>${PREFIX}LICENSE.txt</License>
    <Icon>${escaped(PREFIX + manifest.icon)}</Icon>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code" />
  </Installation>
  <Dependencies />
  <Assets>
${assets(manifest)}
  </Assets>
</PackageManifest>
`;
}

/** [Content_Types].xml: what each ending means; one that is not known is bytes. */
export function contentTypes(names) {
  const endings = names
    .map((name) => path.posix.extname(name).slice(1).toLowerCase())
    .filter((ending) => ending !== '');
  const lines = [...new Set([...endings, 'vsixmanifest'])]
    .sort()
    .map(
      (ending) => `  <Default Extension=".${ending}" ContentType="${TYPES[ending] ?? 'application/octet-stream'}" />`,
    );
  return `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
${lines.join('\n')}
</Types>
`;
}

function textOf({ text, file }) {
  return text ?? readFileSync(file, 'utf8');
}

/** Writes the package aside, then gives it its name. `entries`: what contentsOf() lists. */
export async function writeVsix(file, target, entries) {
  const zip = new ZipFile();
  const options = { mtime: WRITTEN_AT, mode: 0o100644, forceDosTimestamp: true };
  const addText = (name, text) => zip.addBuffer(Buffer.from(text), name, options);
  const json = (name) => JSON.parse(textOf(entries.find((entry) => entry.name === name)));
  addText('extension.vsixmanifest', vsixManifest(json('package.json'), json('package.nls.json'), target));
  addText('[Content_Types].xml', contentTypes(entries.map(({ name }) => name)));
  for (const entry of entries) {
    if (entry.text === undefined) zip.addFile(entry.file, PREFIX + entry.name, options);
    else addText(PREFIX + entry.name, entry.text);
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(`${file}.tmp`));
  renameSync(`${file}.tmp`, file);
}

async function contentOf(zip, entry, most) {
  const parts = [];
  let length = 0;
  for await (const part of await zip.openReadStreamPromise(entry)) {
    parts.push(part);
    length += part.length;
    if (length >= most) break;
  }
  return Buffer.concat(parts).subarray(0, most);
}

/** The archive's files as {name, size, isText, content}: of texts all of it, of others the first bytes. */
export async function readVsix(file) {
  const zip = await openPromise(file, { autoClose: false });
  try {
    const entries = [];
    for await (const entry of zip.eachEntry()) {
      const isText = TEXT.test(entry.fileName);
      const content = await contentOf(zip, entry, isText ? Infinity : HEAD_BYTES);
      entries.push({ name: entry.fileName, size: entry.uncompressedSize, isText, content });
    }
    return entries;
  } finally {
    zip.close();
  }
}
