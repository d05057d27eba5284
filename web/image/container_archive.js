/**
 * Container images: what `docker save` writes, and OCI image layouts, as tar archives. Layers are laid over
 * one another with their whiteouts; command, environment, folder and user become the image's entry.
 */
import path from 'node:path';
import { readTar, TarError } from './tar_reader.js';
import { readBytes, unpack } from './unpack.js';

const MAX_LINKS = 8;
const MAX_JSON = 16 << 20;
const ARCHITECTURE = 'amd64';

export class ContainerError extends Error {}

/** The body of a file in the archive; the old form has layers that are links to others. */
function bodyOf(archive, name) {
  let node = archive.find(name);
  let at = name;
  for (let links = 0; node?.type === '2' && links < MAX_LINKS; links++) {
    at = path.posix.join(path.posix.dirname(at), node.target);
    node = at.startsWith('..') ? undefined : archive.find(at);
  }
  if (!node?.body) throw new ContainerError(`${name} is not in the archive`);
  return node.body;
}

function readJson(archive, name) {
  const body = bodyOf(archive, name);
  if (body.size > MAX_JSON) throw new ContainerError(`${name} is too long`);
  try {
    return JSON.parse(readBytes(body).toString());
  } catch (error) {
    throw new ContainerError(`${name}: ${error.message}`);
  }
}

function blobName(digest) {
  const found = /^sha256:([0-9a-f]{64})$/.exec(digest ?? '');
  if (!found) throw new ContainerError(`a digest that is none: ${digest}`);
  return `blobs/sha256/${found[1]}`;
}

/** One image of several, by its name where one is wished for. */
function choose(images, wish, namesOf) {
  const found = wish === undefined ? images : images.filter((image) => namesOf(image).includes(wish));
  if (found.length === 1) return found[0];
  const names = images.flatMap(namesOf).join(', ');
  throw new ContainerError(`--tag has to choose one of its ${images.length} images: ${names || 'they have no names'}`);
}

/** @returns {{config: object, layers: {name: string, digest?: string}[]}} */
function readSaved(archive, tag) {
  const images = readJson(archive, 'manifest.json');
  const image = choose(images, tag, ({ RepoTags }) => RepoTags ?? []);
  return { config: readJson(archive, image.Config), layers: image.Layers.map((name) => ({ name })) };
}

const isIndex = ({ mediaType = '' }) => /image\.index|manifest\.list/.test(mediaType);
const NAME = 'org.opencontainers.image.ref.name';

function readLayout(archive, tag) {
  let index = readJson(archive, 'index.json');
  for (let depth = 0; depth < MAX_LINKS; depth++) {
    const fitting = (index.manifests ?? []).filter(({ platform }) =>
      !platform || (platform.architecture === ARCHITECTURE && platform.os === 'linux'));
    const wish = depth === 0 ? tag : undefined;
    const chosen = choose(fitting, wish, ({ annotations }) => (annotations?.[NAME] ? [annotations[NAME]] : []));
    const content = readJson(archive, blobName(chosen.digest));
    if (!isIndex(chosen) && !content.manifests) {
      const layers = content.layers.map(({ digest }) => ({ name: blobName(digest), digest }));
      return { config: readJson(archive, blobName(content.config.digest)), layers };
    }
    index = content;
  }
  throw new ContainerError('its indexes lead to no image');
}

/** What the container would run. */
function entryOf({ Entrypoint, Cmd, Env, WorkingDir, User } = {}) {
  const args = [...(Entrypoint ?? []), ...(Cmd ?? [])];
  const env = {};
  for (const variable of Env ?? []) {
    const equals = variable.indexOf('=');
    if (equals > 0) env[variable.slice(0, equals)] = variable.slice(equals + 1);
  }
  return {
    ...(args.length > 0 && { args }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(WorkingDir && { cwd: WorkingDir }),
    ...(User && { user: User }),
  };
}

/** @param {import('./tree.js').Tree} archive of the archive itself */
export const isContainerArchive = (archive) =>
  ['manifest.json', 'index.json'].some((name) => archive.find(name)?.body !== undefined) &&
  ['manifest.json', 'oci-layout'].some((name) => archive.find(name)?.body !== undefined);

/**
 * @param {import('./tree.js').Tree} tree gets the container's files
 * @param {import('./tree.js').Tree} archive of the archive itself
 * @param {{folder: string, tag?: string}} options `folder`: for layers as they are unpacked
 * @returns {Promise<object>} the entry. Throws ContainerError, TarError.
 */
export async function addContainer(tree, archive, { folder, tag }) {
  const saved = archive.find('manifest.json')?.body !== undefined;
  const { config, layers } = saved ? readSaved(archive, tag) : readLayout(archive, tag);
  if (config.architecture && config.architecture !== ARCHITECTURE) {
    throw new ContainerError(`it is for ${config.architecture}, not for ${ARCHITECTURE}`);
  }
  for (const [index, { name, digest }] of layers.entries()) {
    const file = path.join(folder, `layer-${index}.tar`);
    const hash = await unpack(bodyOf(archive, name), file);
    if (digest && digest !== `sha256:${hash}`) throw new ContainerError(`layer ${index} is damaged`);
    try {
      tree.add(readTar(file), file, { whiteouts: true });
    } catch (error) {
      throw error instanceof TarError ? new ContainerError(`layer ${index}: ${error.message}`) : error;
    }
  }
  return entryOf(config.config);
}
